import { secondsOf } from '../measure.ts';
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
import { markdownTable } from '../table.ts';

// `pnpm bench scale [parts...]`: many runs, wide batches, large contexts and starts; ours, the official library and the ideal.
// Each part is printed when it is done, as docs/scale.md has it. `sequential` is done when it is asked for: ten thousand runs
// take some minutes, and say every tenth of them what is held.

interface Part {
  readonly name: string;
  readonly title: string;
  rows(): Promise<Row[]>;
}

const tellHeld: Watch = (runs, held) =>
  console.error(`after ${runs} runs ${megabytes(held.mb)}; processes, descriptors, temporary files: ${said(held)}`);

await using provider = await QuickProvider.start();
const parts: readonly Part[] = [
  {
    name: 'runs',
    title: 'Many runs',
    rows: async () => [
      ...(await manyRuns(provider, 100, 2000, { time: '≤ 1.3 × ideal', memory: '≤ 1,500 MB', official: true })),
      ...(await manyRuns(provider, 32, 0, { time: '≥ 3 × official', memory: '≤ 1/3 of it', official: true })),
    ],
  },
  {
    name: 'thousand',
    title: 'A thousand runs',
    rows: () => manyRuns(provider, 1000, 2000, { time: '≤ 2 × ideal', memory: '≤ 4,000 MB', official: false }),
  },
  {
    name: 'sequential',
    title: 'One run after the other',
    rows: () => sequential(provider, 10_000, tellHeld),
  },
  { name: 'starts', title: 'Starts', rows: () => starts(provider, 7) },
  {
    name: 'batches',
    title: 'Wide batches',
    rows: () =>
      batches(provider, 10_000, [
        { width: 64, aim: '≤ 1.1 × ideal' },
        { width: 256, aim: '≤ 1.25 × ideal' },
        { width: 1000, aim: '≤ 2 × ideal' },
      ]),
  },
  { name: 'contexts', title: 'Large contexts', rows: () => contexts(provider, [10, 100, 1000], 50_000) },
  { name: 'docker', title: 'Docker', rows: () => docker(provider, 10) },
  { name: 'history', title: 'A long run', rows: () => history(provider, 100) },
  { name: 'disk', title: 'The Python environment', rows: async () => [await disk()] },
];
const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !parts.some((part) => part.name === name));
if (unknown.length > 0)
  throw new Error(`no such part: ${unknown.join(', ')}. There are: ${parts.map(({ name }) => name).join(', ')}`);
for (const { name, title, rows } of parts) {
  if (chosen.length === 0 ? name === 'sequential' : !chosen.includes(name)) continue;
  const cells: string[][] = [];
  const took = await secondsOf(async () => {
    for (const { what, ours, official = '', ideal = '', aim } of await rows())
      cells.push([what, ours, official, ideal, aim]);
  });
  console.log(`\n## ${title}\n\n${markdownTable(['work', 'ours', 'official', 'ideal', 'aim'], cells)}`);
  console.error(`(${name} took ${took.toFixed(0)} s)`);
}
