import { conversation, FakeProvider, HANG, repl, type Script } from '@rlm-bridge/fake-provider';
import { type RLMEvent, type RLMOptions, type RLMRun, runRLM } from 'rlm-bridge';
import { sampleOf, show } from '../measure.ts';
import { runOptions } from '../ours.ts';
import { fourBlocks } from '../scenarios/four-blocks.ts';
import { table } from '../table.ts';

// `pnpm bench stops [repeats]`: how long a run goes on after its abort, and over its maxDurationMs, wherever it is stuck.

const repeats = Number(process.argv[2] ?? 5);
const DURATION_MS = 1_500;

interface Stuck {
  readonly where: string;
  readonly script: Script;
  readonly options?: RLMOptions;
  /** Resolves when the run is stuck there. */
  readonly reached: (provider: FakeProvider, run: RLMRun) => Promise<void>;
}

const STUCK: readonly Stuck[] = [
  {
    where: 'root call',
    script: () => HANG,
    reached: (provider) => provider.until(({ openRequests }) => openRequests > 0),
  },
  {
    where: 'batch of sub-calls',
    script: conversation({ turns: [repl('llm_query_batched(["a"] * 8)')], prompt: HANG }),
    reached: (provider) => provider.until(({ openRequests }) => openRequests === 8),
  },
  {
    where: 'while True: pass',
    script: conversation({ turns: [repl('print("busy")\nwhile True: pass')] }),
    reached: (_, run) => firstOutput(run),
  },
  {
    where: 'child RLM',
    script: conversation({ turns: [repl('rlm_query("deeper")')], childTurns: [HANG] }),
    options: { maxDepth: 2 },
    reached: (provider) => provider.until(({ served }) => served.some(({ request }) => request.isChild)),
  },
];

const rows: string[][] = [];
for (const environment of ['local', 'docker'] as const) {
  for (const { where, script, options = {}, reached } of STUCK) {
    const seconds = { abort: [] as number[], deadline: [] as number[] };
    for (let n = 0; n < repeats; n += 1) {
      await using provider = await FakeProvider.start(script);
      const settings = { ...runOptions(fourBlocks, provider, environment), ...options };
      seconds.abort.push(await afterAbort(settings, (run) => reached(provider, run)));
      provider.forget();
      seconds.deadline.push(await overDeadline(settings));
    }
    rows.push([environment, where, show(sampleOf(seconds.abort)), show(sampleOf(seconds.deadline))]);
  }
}
console.log(
  `Seconds, median (least–most) of ${repeats}: from abort() to the rejection, and from the deadline to the result\n`,
);
console.log(table(['environment', 'stuck in', 'after abort', 'over maxDurationMs'], rows));

async function afterAbort(options: RLMOptions, reached: (run: RLMRun) => Promise<void>): Promise<number> {
  const run = runRLM('x', 'What is it?', options);
  run.catch(() => {});
  await reached(run);
  const aborted = performance.now();
  run.abort();
  await run.catch(() => {});
  return (performance.now() - aborted) / 1000;
}

/** Resolves when a code block of the run has printed. */
async function firstOutput(run: RLMRun): Promise<void> {
  for await (const event of run) if (event.type === 'codeBlock.output') return;
}

async function overDeadline(options: RLMOptions): Promise<number> {
  let started = Number.NaN;
  const onEvent = ({ type }: RLMEvent) => {
    if (type === 'run.started') started = performance.now();
  };
  await runRLM('x', 'What is it?', { ...options, maxDurationMs: DURATION_MS, onEvent });
  return (performance.now() - started - DURATION_MS) / 1000;
}
