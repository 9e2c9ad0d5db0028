import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeProvider } from '@rlm-bridge/fake-provider';
import { closeWorkers, openSession, runRLM } from 'rlm-bridge';
import { build, coldRun } from '../built.ts';
import { inTurns, type Sample, sampleOf, secondsOf, show } from '../measure.ts';
import { Official, PYTHON } from '../official.ts';
import { officialImage } from '../official-image.ts';
import { runOptions, runOurs } from '../ours.ts';
import { fourByFour } from '../scenarios/four-by-four.ts';
import { table } from '../table.ts';

// `pnpm bench overhead [repeats]`: ours beside the official library, in turns, against a model that takes no time.

const repeats = Number(process.argv[2] ?? 7);
const scenario = fourByFour(400_000);
const rows: string[][] = [];
await using provider = await FakeProvider.start(scenario.script());
const baseUrl = provider.openaiUrl;

function report(name: string, aim: string, { ours, official }: { ours: Sample; official: Sample }): void {
  rows.push([name, show(ours), show(official), (ours.median / official.median).toFixed(3), aim]);
}

async function expectAnswer(run: ReturnType<typeof runOurs>): Promise<void> {
  const result = await run;
  if (!result.success) throw new Error(`our run failed: ${result.error.message}`);
}

/** Both are warm: our worker and the official library's process have run before. */
async function warm(environment: 'local' | 'docker', image?: string) {
  await using official = new Official();
  const where = { baseUrl, environment, ...(image !== undefined && { image }) };
  return await inTurns(
    repeats,
    () => expectAnswer(runOurs(scenario, provider, environment)),
    () => official.run(scenario, where),
  );
}

/** Each run has a worker of its own, in a Node that has had others: whole runs, and from the call to the first request. */
async function newWorkers() {
  // What workers are forked from is there as long as one of them is.
  await using _held = await openSession({ backend: 'offline', environment: 'local', python: PYTHON, quiet: true });
  const whole: number[] = [];
  const toRequest: number[] = [];
  for (let n = 0; n <= repeats; n += 1) {
    await closeWorkers();
    const options = runOptions(scenario, provider, 'local');
    const run = runRLM('a few words', scenario.query, { ...options, strategy: 'recurse' });
    const begun = secondsOf(() => run);
    toRequest.push(
      await secondsOf(async () => {
        for await (const { type } of run) if (type === 'call.started') break;
      }),
    );
    whole.push(await begun);
  }
  return { whole: sampleOf(whole.slice(1)), toRequest: sampleOf(toRequest.slice(1)) };
}

/** Each is a new process, from its start to its end. */
async function cold(file: string) {
  const options = JSON.stringify(runOptions(scenario, provider, 'local'));
  await build();
  return await inTurns(
    repeats,
    () => coldRun(file, scenario.query, options),
    async () => {
      await using official = new Official();
      await official.run(scenario, { baseUrl, environment: 'local', contextFile: file });
    },
  );
}

report('warm, local', '≤ 0.30', await warm('local'));
report('docker, image ready', '≤ 0.25', await warm('docker', await officialImage()));
await closeWorkers();
const { whole, toRequest } = await newWorkers();
rows.push(['first run of a new worker, local', show(whole), '–', '–', '≤ 0.100 s']);
rows.push(['its call to its first request', show(toRequest), '–', '–', '≤ 0.060 s']);
await closeWorkers();
const folder = await mkdtemp(join(tmpdir(), 'rlm-bench-'));
try {
  const file = join(folder, 'context.txt');
  await writeFile(file, scenario.context as string);
  report('cold process, local', '≤ 1.20', await cold(file));
} finally {
  await rm(folder, { recursive: true });
}
console.log(
  `4 iterations, 4 sub-calls, 400 KB of context; ${repeats} repeats in turns; seconds: median (least–most)\n`,
);
console.log(table(['what', 'ours', 'official', 'ratio', 'aim'], rows));
