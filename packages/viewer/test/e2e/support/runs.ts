import { FakeProvider, type Script } from '@rlm-bridge/fake-provider';
import { memoryStore, type RLMContext, type RLMOptions, type RLMResult, type RunStore, runRLM } from 'rlm-bridge';
import { onTestFinished } from 'vitest';
import { optionsFor } from '../../../../rlm/test/e2e/support/run.ts';

export const QUERY = 'What is it?';

/** A run that has a store, as its caller saw it. */
export interface KeptRun {
  store: RunStore;
  runId: string;
  result: RLMResult<unknown>;
  options: RLMOptions<unknown>;
}

/** Runs to the end, and keeps its journal. */
export async function keptRun(
  script: Script,
  options: RLMOptions<unknown> = {},
  context: RLMContext = 'a short context',
): Promise<KeptRun> {
  const fake = await FakeProvider.start(script);
  onTestFinished(() => fake.stop());
  const store = options.store ?? memoryStore();
  const all = optionsFor(fake, { runId: 'kept', ...options, store } as RLMOptions) as RLMOptions<unknown>;
  const result = await runRLM<unknown>(context, QUERY, all);
  return { store, runId: all.runId ?? '', result, options: all };
}
