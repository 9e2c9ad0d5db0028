import { batches } from '../scale/batches.ts';
import { contexts } from '../scale/contexts.ts';
import { disk } from '../scale/disk.ts';
import { docker } from '../scale/docker.ts';
import { history } from '../scale/history.ts';
import { manyRuns } from '../scale/many-runs.ts';
import { QuickProvider } from '../scale/quick-provider.ts';
import { megabytes, type Row } from '../scale/row.ts';
import { said, sequential, type Watch } from '../scale/sequential.ts';
import { starts } from '../scale/starts.ts';
import { table } from '../table.ts';

// `pnpm bench scale [parts...]`: many runs, wide batches, large contexts and starts; ours, the official library and the ideal.
// `sequential` is done when it is asked for: ten thousand runs take some minutes, and say every tenth of them what is held.

const tellHeld: Watch = (runs, held) =>
  console.log(`after ${runs} runs ${megabytes(held.mb)}; processes, descriptors, temporary files: ${said(held)}`);

await using provider = await QuickProvider.start();
const parts: Readonly<Record<string, () => Promise<Row[]>>> = {
  runs: async () => [
    ...(await manyRuns(provider, 100, 2000, { time: '≤ 1.3 × ideal', memory: '≤ 1,500 MB', official: true })),
    ...(await manyRuns(provider, 32, 0, { time: '≥ 3 × official', memory: '≤ 1/3 of it', official: true })),
  ],
  thousand: () => manyRuns(provider, 1000, 2000, { time: '≤ 2 × ideal', memory: '≤ 4,000 MB', official: false }),
  sequential: () => sequential(provider, 10_000, tellHeld),
  starts: () => starts(provider, 7),
  batches: () =>
    batches(provider, 10_000, [
      { width: 64, aim: '≤ 1.1 × ideal' },
      { width: 256, aim: '≤ 1.25 × ideal' },
      { width: 1000, aim: '≤ 2 × ideal' },
    ]),
  contexts: () => contexts(provider, [10, 100, 1000], 50_000),
  docker: () => docker(provider, 10),
  history: () => history(provider, 100),
  disk: async () => [await disk()],
};
const chosen = process.argv.slice(2);
const rows: Row[] = [];
for (const [name, part] of Object.entries(parts)) {
  if (chosen.length === 0 ? name !== 'sequential' : chosen.includes(name)) rows.push(...(await part()));
}
const cells = rows.map(({ what, ours, official = '', ideal = '', aim }) => [what, ours, official, ideal, aim]);
console.log(table(['work', 'ours', 'official', 'ideal', 'aim'], cells));
