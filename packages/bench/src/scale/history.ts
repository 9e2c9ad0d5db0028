import { repl, submit } from '@rlm-bridge/fake-provider';
import { closeWorkers, runRLM } from 'rlm-bridge';
import { sampleOf } from '../measure.ts';
import { filler } from '../scenarios/scenario.ts';
import { officialRun } from './official-run.ts';
import { optionsOf, ROOT_MODEL } from './our-run.ts';
import type { QuickProvider } from './quick-provider.ts';
import { milliseconds, type Row, seconds } from './row.ts';

const TEXT = JSON.stringify(filler(5000));

/** A long run: each iteration's prompt has all that was said before. */
export async function history(provider: QuickProvider, iterations: number): Promise<Row[]> {
  const turns = Array.from({ length: iterations - 1 }, (_, n) => repl(`print(${n}, ${TEXT}[${n}:])`));
  await provider.ask({ rootModel: ROOT_MODEL, turns: [...turns, submit('"done"')], reply: '', delayMs: 0 });
  const run = runRLM('a short context', 'What is said?', optionsOf(provider, { maxIterations: iterations }));
  const took: number[] = [];
  const started = performance.now();
  for await (const event of run) if (event.type === 'iteration.completed') took.push(event.durationMs);
  const result = await run;
  if (!result.success) throw new Error(result.error.message);
  const whole = (performance.now() - started) / 1000;
  await closeWorkers();
  const mean = (part: readonly number[]) => milliseconds(sampleOf(part).median);
  return [
    {
      what: `${iterations} iterations that print 5,000 characters`,
      ours: seconds(whole),
      official: seconds((await officialRun(provider, { maxIterations: iterations })).seconds),
      aim: '',
    },
    {
      what: 'an iteration of the first ten, of the last ten',
      ours: `${mean(took.slice(0, 10))}, ${mean(took.slice(-10))}`,
      aim: 'flat',
    },
  ];
}
