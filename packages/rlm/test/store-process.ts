import { ToldProcess } from './told-process.ts';

/** A process that does with folders of runs what it is told. */
export class StoreProcess extends ToldProcess {
  constructor(user?: number) {
    super('obeys-in-a-store.mts', user === undefined ? {} : { user });
  }

  /** What comes of a command: `done`, with its result, or the code of its error. */
  async ask(command: string): Promise<string> {
    this.tell(command);
    for (;;) {
      const line = await this.hear();
      if (!line.startsWith('lost ')) return line;
    }
  }
}

/** Has a process append to runs, and kills it once it was told of each so often that lines are there: the last of them, by run. */
export async function appendUntilKilled(
  folder: string,
  runIds: string[],
  killAfter: number,
): Promise<Map<string, number[]>> {
  await using appending = new ToldProcess('appends-without-end.mts', { args: [folder, ...runIds] });
  const told = new Map<string, number[]>(runIds.map((runId) => [runId, []]));
  const note = (line: string) => {
    const [runId = '', last] = line.split(' ');
    told.get(runId)?.push(Number(last));
  };
  while ([...told.values()].some(({ length }) => length < killAfter)) note(await appending.hear());
  await appending.kill();
  for (const line of await appending.hearOut()) note(line);
  return told;
}
