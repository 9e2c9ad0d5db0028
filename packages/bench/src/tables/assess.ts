import { type AssessOptions, assessWorkers } from '@rlm-bridge/assess';
import { FakeProvider, type Reply } from '@rlm-bridge/fake-provider';
import { closeWorkers } from 'rlm-bridge';
import { CHARS, FILES, PROJECT, realSources } from '../../../assess/test/support/real-sources.ts';
import { scriptedJudge } from '../../../assess/test/support/scripted-judge.ts';
import { sampleOf, show } from '../measure.ts';
import { PYTHON } from '../official.ts';
import { SANDBOX_IMAGE } from '../ours.ts';
import { table } from '../table.ts';

// `pnpm bench assess [repeats]`: judging 38 files with a model of 300 ms, beside what the model alone would take.

const repeats = Number(process.argv[2] ?? 5);
const LATENCY_MS = 300;
const judge = scriptedJudge();
const files = await realSources();
const rows: string[][] = [];
await using provider = await FakeProvider.start(async (request) => delayed(await judge(request)));

for (const environment of ['local', 'docker'] as const) {
  for (const concurrency of [16, 4]) {
    let last = await measure(environment, concurrency); // warms up
    const seconds: number[] = [];
    for (let n = 0; n < repeats; n += 1) {
      last = await measure(environment, concurrency);
      seconds.push(last.seconds);
    }
    const sample = sampleOf(seconds);
    rows.push([
      environment,
      String(concurrency),
      String(last.subCalls),
      last.costUsd?.toFixed(4) ?? 'unknown',
      last.ideal.toFixed(1),
      show(sample),
      (sample.median / last.ideal).toFixed(2),
      '≤ 1.50',
    ]);
  }
}
await closeWorkers();
console.log(
  `${FILES} files, over ${CHARS} characters, ${LATENCY_MS} ms for each call; seconds: median (least–most) of ${repeats}\n`,
);
console.log(table(['environment', 'at once', 'sub-calls', 'cost $', 'ideal', 'assessWorkers', 'ratio', 'aim'], rows));

/** One assessment; the ideal is the latency of the calls that cannot be made at the same time. */
async function measure(environment: 'local' | 'docker', maxConcurrentSubCalls: number) {
  provider.forget();
  const started = performance.now();
  const result = await assessWorkers([{ id: 'all', files }], optionsOf(environment, maxConcurrentSubCalls));
  const seconds = (performance.now() - started) / 1000;
  if (result.verdict !== 'pass') throw new Error(result.reason);
  const { subCalls, costUsd } = result.rlmMetrics;
  const rootCalls = provider.served.length - subCalls;
  const ideal = ((rootCalls + Math.ceil(subCalls / maxConcurrentSubCalls)) * LATENCY_MS) / 1000;
  return { seconds, subCalls, costUsd, ideal };
}

function optionsOf(environment: 'local' | 'docker', maxConcurrentSubCalls: number): AssessOptions {
  return {
    cwd: PROJECT,
    cache: false,
    judge: {
      backend: 'openai',
      baseUrl: provider.openaiUrl,
      apiKey: 'no-key',
      rootModel: 'gpt-4.1',
      subModel: 'gpt-4o-mini',
      environment,
      ...(environment === 'docker' && { environmentOptions: { image: SANDBOX_IMAGE } }),
      maxConcurrentSubCalls,
      python: PYTHON,
      quiet: true,
    },
  };
}

function delayed(reply: Reply): Reply {
  return typeof reply === 'string' ? { text: reply, delayMs: LATENCY_MS } : reply;
}
