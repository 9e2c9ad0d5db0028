import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { conversation, FakeProvider, repl, submit } from '@rlm-bridge/fake-provider';
import { closeWorkers } from 'rlm-bridge';
import { type Sample, sampleOf, show } from '../measure.ts';
import { peakMbOf, workerPid } from '../memory.ts';
import { PYTHON } from '../official.ts';
import { runOurs } from '../ours.ts';
import type { Scenario } from '../scenarios/index.ts';
import { filler } from '../scenarios/scenario.ts';
import { table } from '../table.ts';

// `pnpm bench coverage [repeats] [megabytes...]`: what measuring coverage costs a run whose sub-calls read all of its context.

interface Figures {
  readonly run: Sample;
  /** Seconds of the worker's process, both cores together. */
  readonly cpu: Sample;
  readonly peakMb: number;
}

const CHUNK = 100_000;
const BATCH = 100;
const [repeats = 3, ...sizes] = process.argv.slice(2).map(Number);
const folder = await mkdtemp(join(tmpdir(), 'rlm-bench-'));
const file = join(folder, 'context.txt');
const bare = join(folder, 'python');
const rows: string[][] = [];
try {
  const withoutCoverage = fileURLToPath(new URL('../../python/without_coverage.py', import.meta.url));
  await writeFile(bare, `#!/bin/sh\nexec '${PYTHON}' '${withoutCoverage}' "$@"\n`);
  await chmod(bare, 0o700);
  for (const megabytes of sizes.length > 0 ? sizes : [1, 10, 100]) {
    await writeFile(file, filler(megabytes * 1_000_000));
    const [without, measured] = [await measure(bare), await measure(PYTHON)];
    rows.push(
      [`${megabytes} MB`, 'without', show(without.run), show(without.cpu), without.peakMb.toFixed(0)],
      ['', 'with', show(measured.run), show(measured.cpu), measured.peakMb.toFixed(0)],
      ['', 'ratio', ratio(measured.run, without.run), ratio(measured.cpu, without.cpu), ''],
    );
  }
} finally {
  await rm(folder, { recursive: true });
}
console.log(`Docker, sub-calls of ${CHUNK} characters over all of the context; median (least–most) of ${repeats}\n`);
console.log(table(['context', 'coverage', 'run s', 'worker CPU s', 'worker MB'], rows));

async function measure(python: string): Promise<Figures> {
  await using provider = await FakeProvider.start(scenario().script());
  const seconds = { run: [] as number[], cpu: [] as number[] };
  let peakMb = Number.NaN;
  for (let n = 0; n <= repeats; n += 1) {
    const before = n === 0 ? 0 : cpuSeconds();
    const started = performance.now();
    const result = await runOurs(scenario(), provider, 'docker', { context: { file }, python, maxSubCalls: 10_000 });
    if (!result.success) throw new Error(result.error.message);
    if (n > 0) seconds.run.push((performance.now() - started) / 1000); // the first one warms up
    if (n > 0) seconds.cpu.push(cpuSeconds() - before);
    peakMb = peakMbOf(workerPid());
    provider.forget();
  }
  await closeWorkers();
  return { run: sampleOf(seconds.run), cpu: sampleOf(seconds.cpu), peakMb };
}

function scenario(): Scenario {
  const readAll = `for start in range(0, len(context), ${CHUNK * BATCH}):
    places = range(start, min(start + ${CHUNK * BATCH}, len(context)), ${CHUNK})
    llm_query_batched(["How many? " + context[at:at + ${CHUNK}] for at in places])`;
  return {
    name: 'read-all',
    context: '',
    query: 'How many?',
    rootModel: 'gpt-4.1',
    maxIterations: 3,
    script: () => conversation({ turns: [repl(readAll), submit('"done"')], prompt: 'none' }),
  };
}

/** Seconds of processor that the worker's own process took, from Linux's /proc. */
function cpuSeconds(): number {
  const line = readFileSync(`/proc/${workerPid()}/stat`, 'latin1');
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function ratio(one: Sample, other: Sample): string {
  return (one.median / other.median).toFixed(2);
}
