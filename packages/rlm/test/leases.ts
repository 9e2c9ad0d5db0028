import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folderNameOf } from '../src/store/run-id.ts';

/** As if the holder of a run ran on another machine, and had been silent for a minute. */
export async function ageLease(folder: string, runId: string): Promise<void> {
  const run = join(folder, 'runs', folderNameOf(runId));
  const name = (await readdir(run)).find((name) => name.startsWith('lease.')) ?? '';
  const { createdAt, holder } = JSON.parse(await readFile(join(run, name), 'utf8'));
  await writeFile(join(run, name), JSON.stringify({ createdAt, holder: { ...holder, space: 'elsewhere' } }));
  const then = new Date(Date.now() - 60_000);
  await utimes(join(run, name), then, then);
}
