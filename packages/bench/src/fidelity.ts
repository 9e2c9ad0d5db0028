import { FakeProvider, type ModelRequest } from '@rlm-bridge/fake-provider';
import type { RLMResult } from 'rlm-bridge';
import { type Comparison, compare } from './compare.ts';
import type { Official, OfficialOptions, OfficialResult } from './official.ts';
import { runOurs } from './ours.ts';
import type { Scenario } from './scenarios/index.ts';

interface Side<Result> {
  readonly result: Result;
  readonly requests: readonly ModelRequest[];
  /** Counted by the provider. */
  readonly tokens: number;
  readonly seconds: number;
}

/** One scenario run by both, and what differed. */
export interface Fidelity {
  readonly scenario: Scenario;
  readonly ours: Side<RLMResult<string>>;
  readonly official: Side<OfficialResult>;
  readonly comparison: Comparison;
}

/** Where both libraries run their code. */
export type Where = Pick<OfficialOptions, 'environment' | 'image'>;

/** Runs a scenario by ours and by the official library against the same provider and compares every message. */
export async function checkFidelity(scenario: Scenario, official: Official, where: Where): Promise<Fidelity> {
  const theirs = await observe(scenario, (provider) =>
    official.run(scenario, { baseUrl: provider.openaiUrl, ...where }),
  );
  const ours = await observe(scenario, (provider) => runOurs(scenario, provider, where.environment));
  return { scenario, ours, official: theirs, comparison: compare(ours.requests, theirs.requests) };
}

async function observe<Result>(
  scenario: Scenario,
  run: (provider: FakeProvider) => Promise<Result>,
): Promise<Side<Result>> {
  await using provider = await FakeProvider.start(scenario.script());
  const started = performance.now();
  const result = await run(provider);
  const seconds = (performance.now() - started) / 1000;
  const requests = provider.served.map(({ request }) => request);
  const tokens = Object.values(provider.bill).reduce((sum, line) => sum + line.inputTokens + line.outputTokens, 0);
  return { result, requests, tokens, seconds };
}
