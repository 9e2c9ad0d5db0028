import { rm } from 'node:fs/promises';
import { summarizeEvidence } from '@rlm-bridge/assess';
import { git, type History, repositoryOf } from '../evidence-repositories.ts';
import { turnsOf } from '../loop-turns.ts';
import { inTurns, show } from '../measure.ts';
import { table } from '../table.ts';

// `pnpm bench evidence [repeats]`: how long the evidence of large works takes, and how long Node's loop stands still meanwhile.

const repeats = Number(process.argv[2] ?? 3);

const source = (lines: number, n: number, indent: string) =>
  Array.from({ length: lines }, (_, at) => (at % 4 === 3 ? `${indent}}` : `${indent}call(${at % 97}, ${n});`)).join(
    '\n',
  );
const files = (count: number, make: (n: number) => string) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`src/${n % 40}/${n}.ts`, make(n)]));

const WORKS: Readonly<Record<string, { aim: string; history: () => History }>> = {
  '1,000 files of 60 lines changed': {
    aim: '≤ 0.5 s',
    history: () => ({
      before: files(1000, (n) => source(60, n, '')),
      commits: [files(1000, (n) => `${source(20, n, '')}\nchanged();\n${source(40, n, '')}`)],
    }),
  },
  '10,000 commits': {
    aim: '≤ 2 s',
    history: () => ({
      before: files(1000, (n) => source(10, n, '')),
      commits: Array.from({ length: 10_000 }, (_, n) => ({ [`src/${n % 40}/${n % 1000}.ts`]: `step(${n});\n` })),
    }),
  },
  '300 files of 2,000 lines reindented': {
    aim: '≤ 5 s',
    history: () => ({
      before: files(300, (n) => source(2000, n, '')),
      commits: [files(300, (n) => source(2000, n, '  '))],
    }),
  },
  'one file of 500,000 lines changed': {
    aim: '≤ 5 s',
    history: () => ({
      before: { 'large.ts': source(500_000, 1, '') },
      commits: [{ 'large.ts': source(500_000, 1, '').replaceAll('(7,', '(8,') }],
    }),
  },
};

const rows: string[][] = [];
for (const [what, { aim, history }] of Object.entries(WORKS)) {
  const cwd = await repositoryOf(history());
  for (const [how, spec] of [
    ['branch', { branch: 'work' }],
    ['work tree', { worktree: cwd }],
  ] as const) {
    const collect = async () => {
      const options = { cwd, cache: false, maxFileChars: 50_000_000 } as const;
      const [summary] = await summarizeEvidence([{ id: 'work', ...spec, base: 'main' }], options);
      if (summary?.error) throw new Error(summary.error.message);
    };
    // What nobody can do without: git alone, asked for the changed lines and for the commits.
    const gitAlone = async () => {
      await git(cwd, ['diff-tree', '-r', '-p', 'main', 'work', '--']);
      await git(cwd, ['log', '--name-only', 'main..work', '--']);
    };
    const times = await inTurns(repeats, collect, gitAlone);
    const { longestMs } = await turnsOf(collect);
    const ratio = (times.ours.median / times.official.median).toFixed(1);
    rows.push([what, how, show(times.ours), aim, show(times.official), ratio, longestMs.toFixed(0), '≤ 50']);
  }
  await rm(cwd, { recursive: true, force: true });
}
console.log(`seconds: median (least–most) of ${repeats}; the longest turn of Node's loop in processor time\n`);
console.log(table(['work', 'of a', 'evidence s', 'aim', 'git alone s', 'ratio', 'longest turn ms', 'aim'], rows));
