import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { conversation, FakeProvider, repl, submit } from '@rlm-bridge/fake-provider';
import { closeWorkers } from 'rlm-bridge';
import { LARGE_TEXTS, writeLargeText } from '../large-texts.ts';
import { type Sample, sampleOf, show } from '../measure.ts';
import { peakMbOf, workerPid } from '../memory.ts';
import { PYTHON } from '../official.ts';
import { runOurs, SANDBOX_IMAGE } from '../ours.ts';
import type { Scenario } from '../scenarios/index.ts';
import { table } from '../table.ts';

// `pnpm bench coverage [repeats] [megabytes...]`: what measuring coverage costs a run whose sub-calls read all of its
// context, in large parts and in small ones. Nothing is mapped: the memory beside the context's own pages is the worker's.

interface Figures {
  readonly run: Sample;
  /** Seconds of the worker's process, both cores together. */
  readonly cpu: Sample;
  readonly peakMb: number;
}

const PARTS = [100_000, 10_000];
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
  for (const megabytes of sizes.length > 0 ? sizes : [10, 100]) {
    for (const kind of Object.keys(LARGE_TEXTS)) {
      await writeLargeText(file, kind, megabytes * 1_000_000);
      for (const part of PARTS) {
        const [without, measured] = [await measure(bare, part), await measure(PYTHON, part)];
        rows.push(
          [
            `${megabytes} MB, ${kind}`,
            `${part}`,
            'without',
            show(without.run),
            show(without.cpu),
            without.peakMb.toFixed(0),
          ],
          ['', '', 'with', show(measured.run), show(measured.cpu), measured.peakMb.toFixed(0)],
          ['', '', 'ratio', ratio(measured.run, without.run), ratio(measured.cpu, without.cpu), ''],
        );
      }
    }
  }
} finally {
  await rm(folder, { recursive: true });
}
console.log(`Docker, sub-calls over all of the context; median (least–most) of ${repeats}\n`);
console.log(table(['context', 'characters a call', 'coverage', 'run s', 'worker CPU s', 'worker MB'], rows));

async function measure(python: string, part: number): Promise<Figures> {
  const readAll = scenario(part);
  await using provider = await FakeProvider.start(readAll.script());
  const bytes = (await stat(file)).size;
  const memoryMb = Math.max(2_048, Math.ceil((bytes * 1.3) / 1e6));
  const environmentOptions = { image: SANDBOX_IMAGE, memoryMb };
  const context = { file, maxFileBytes: bytes };
  const seconds = { run: [] as number[], cpu: [] as number[] };
  let peakMb = Number.NaN;
  for (let n = 0; n <= repeats; n += 1) {
    const before = n === 0 ? 0 : cpuSeconds();
    const started = performance.now();
    const more = { context, python, environmentOptions, maxSubCalls: 1_000_000 };
    const result = await runOurs(readAll, provider, 'docker', more);
    if (!result.success) throw new Error(result.error.message);
    if (n > 0) seconds.run.push((performance.now() - started) / 1000); // the first one warms up
    if (n > 0) seconds.cpu.push(cpuSeconds() - before);
    peakMb = peakMbOf(workerPid());
    provider.forget();
  }
  await closeWorkers();
  return { run: sampleOf(seconds.run), cpu: sampleOf(seconds.cpu), peakMb };
}

function scenario(part: number): Scenario {
  const readAll = `for start in range(0, len(context), ${part * BATCH}):
    places = range(start, min(start + ${part * BATCH}, len(context)), ${part})
    llm_query_batched(["How many? " + context[at:at + ${part}] for at in places])`;
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
