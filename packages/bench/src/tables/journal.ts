import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { conversation, FakeProvider, repl, submit } from '@rlm-bridge/fake-provider';
import { closeWorkers, type RLMOptions, resumeRLM } from 'rlm-bridge';
import { copyUpTo, DistinctTexts, RunFolder } from '../journals.ts';
import { inTurns, sampleOf, show } from '../measure.ts';
import { PYTHON } from '../official.ts';
import { runOurs } from '../ours.ts';
import { fourByFour } from '../scenarios/four-by-four.ts';
import { filler, type Scenario } from '../scenarios/scenario.ts';
import { table } from '../table.ts';

// `pnpm bench journal [repeats]`: what a store costs a run, how much of it is kept, and how soon a run goes on.

const repeats = Number(process.argv[2] ?? 7);
const rows: string[][] = [];
await using folder = await RunFolder.make();

await costs('four iterations, warm', '≤ 1.10', fourByFour(400_000));
await costs('1,000 sub-calls in a batch, of a model that takes 200 ms', '≤ 1.05', batchOf(1000, 40, 200));
await costs('the same, of one that takes no time', '', batchOf(1000));
await keeps('four iterations', fourByFour(400_000));
await keeps('four iterations that print 5,000 characters', iterations(4, 5000));
await keeps('1,000 sub-calls of 40 characters', batchOf(1000));
await keeps('1,000 sub-calls of 2,000 characters', batchOf(1000, 2000));
await keeps('100 iterations that print 5,000 characters', iterations(100, 5000));
await resumes('resumed after 500 calls, new worker', 500);
await closeWorkers();
console.log(`environment local; ${repeats} repeats in turns; seconds: median (least–most)\n`);
console.log(table(['what', 'with a store', 'without', 'ratio', 'aim'], rows));

/** A run with a store beside the same one without. */
async function costs(name: string, aim: string, scenario: Scenario): Promise<void> {
  await using provider = await FakeProvider.start(scenario.script());
  const { ours, official } = await inTurns(
    repeats,
    () => run(scenario, provider, { store: folder.store }),
    () => run(scenario, provider),
  );
  rows.push([name, show(ours), show(official), (ours.median / official.median).toFixed(3), aim]);
}

/** Bytes of a store beside those of the distinct texts that were said, and of the context, which is in it too. */
async function keeps(name: string, scenario: Scenario): Promise<void> {
  await using own = await RunFolder.make();
  const texts = new DistinctTexts();
  await using provider = await FakeProvider.start(texts.heard(scenario.script()));
  await run({ ...scenario, context: '' }, provider, { store: own.store });
  const [kept, said] = [await own.bytes(), texts.bytes];
  rows.push([`bytes: ${name}`, String(kept), `${said} said`, (kept / said).toFixed(2), '≤ 1.20']);
}

/** From the call of `resumeRLM` to the first request that the provider gets, of a run that was killed before its last turn. */
async function resumes(name: string, calls: number): Promise<void> {
  const scenario = batchOf(calls - 1);
  await using provider = await FakeProvider.start(scenario.script());
  const file = join(folder.path, 'context.txt');
  await writeFile(file, 'a short context');
  await run(scenario, provider, { store: folder.store, runId: 'killed', context: { file } });
  const seconds: number[] = [];
  const ofNewRun: number[] = [];
  for (let n = 0; n < repeats; n += 1) {
    await using own = await RunFolder.make();
    await copyUpTo(folder.store, 'killed', own.store, (line) => line.includes('"record":"iteration.completed"'));
    seconds.push(
      await untilFirstCall(provider, async () => {
        const given = { store: own.store, python: PYTHON, apiKey: 'no-key', quiet: true };
        const result = await resumeRLM('killed', given);
        if (!result.success || result.replayedCalls !== calls) throw new Error('it did not go on');
      }),
    );
    ofNewRun.push(await untilFirstCall(provider, () => run(scenario, provider)));
  }
  rows.push([name, show(sampleOf(seconds)), `${show(sampleOf(ofNewRun))} of a new run`, '', '≤ 2 s']);
}

/** On a worker that is started for it. */
async function untilFirstCall(provider: FakeProvider, begin: () => Promise<void>): Promise<number> {
  provider.forget();
  await closeWorkers();
  const started = performance.now();
  await begin();
  const [first] = provider.served;
  if (first === undefined) throw new Error('it asked nothing');
  return (first.arrivedAt - started) / 1000;
}

async function run(
  scenario: Scenario,
  provider: FakeProvider,
  options: RLMOptions & { context?: { file: string } } = {},
): Promise<void> {
  provider.forget();
  const result = await runOurs(scenario, provider, 'local', { maxSubCalls: 10_000, ...options });
  if (!result.success) throw new Error(`the run failed: ${result.error.message}`);
}

/** One iteration with so many sub-calls, and the answer. */
function batchOf(calls: number, chars = 40, delayMs = 0): Scenario {
  const code = `said = llm_query_batched([f"{n}: " + "x" * ${chars} for n in range(${calls})])\nprint(len(said))`;
  return {
    name: 'batch',
    context: 'a short context',
    query: 'How many?',
    rootModel: 'gpt-4.1',
    subModel: 'gpt-4o-mini',
    maxIterations: 3,
    script: () =>
      conversation({
        turns: [repl(code), submit('"done"')],
        prompt: ({ text }) => ({ text: `heard ${text.slice(0, 12)}`, delayMs }),
      }),
  };
}

function iterations(count: number, chars: number): Scenario {
  const text = JSON.stringify(filler(chars));
  const turns = Array.from({ length: count - 1 }, (_, n) => repl(`print(${n}, ${text}[${n}:])`));
  return {
    name: 'iterations',
    context: '',
    query: 'What is said?',
    rootModel: 'gpt-4.1',
    maxIterations: count,
    script: () => conversation({ turns: [...turns, submit('"done"')] }),
  };
}
