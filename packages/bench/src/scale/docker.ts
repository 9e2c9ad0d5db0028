import { closeWorkers, runRLM } from 'rlm-bridge';
import { sampleOf } from '../measure.ts';
import { SANDBOX_IMAGE } from '../ours.ts';
import { optionsOf, ROOT_MODEL } from './our-run.ts';
import type { QuickProvider } from './quick-provider.ts';
import { milliseconds, type Row } from './row.ts';
import { FOUR_TURNS } from './turns.ts';

/** How long a run waits for its container, and its answer for the container's end. */
export async function docker(provider: QuickProvider, repeats: number): Promise<Row[]> {
  await provider.ask({ rootModel: ROOT_MODEL, turns: FOUR_TURNS, reply: 'seen', delayMs: 0 });
  const [start, end]: number[][] = [[], []];
  for (let n = 0; n <= repeats; n += 1) {
    const options = { environment: 'docker', environmentOptions: { image: SANDBOX_IMAGE } } as const;
    const run = runRLM('a short context', 'What stands there?', optionsOf(provider, options));
    let answered = 0;
    for await (const event of run) {
      if (event.type === 'environment.started' && n > 0) start?.push(event.durationMs);
      if (event.type === 'codeBlock.completed') answered = performance.now();
    }
    const result = await run;
    if (!result.success) throw new Error(result.error.message);
    if (n > 0) end?.push(performance.now() - answered);
  }
  await closeWorkers();
  const median = (values: readonly number[] = []) => milliseconds(sampleOf(values).median);
  return [
    { what: 'docker: until the REPL is there', ours: median(start), aim: '≤ 120 ms' },
    { what: 'docker: from the last code block to the result', ours: median(end), aim: 'waits for nothing' },
  ];
}
