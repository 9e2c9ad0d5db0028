import { fileURLToPath } from 'node:url';
import { FakeProvider, type Script } from '@rlm-bridge/fake-provider';
import { onTestFinished } from 'vitest';
import {
  type RLMContext,
  type RLMEvent,
  type RLMOptions,
  type RLMResult,
  type RLMRun,
  runRLM,
} from '../../../src/index.ts';
import { alwaysReplayed, compareLives } from './lives.ts';

/** A Python that has the worker's dependencies. */
export const PYTHON =
  process.env.RLM_PYTHON ?? fileURLToPath(new URL('../../../../../python/.venv/bin/python', import.meta.url));

/** Any image with Python. */
export const IMAGE = process.env.RLM_SANDBOX_IMAGE ?? 'rlm-bridge-sandbox:local';

export const ROOT_MODEL = 'gpt-4.1';
export const SUB_MODEL = 'gpt-4o-mini';

/** A provider that ends with the test. */
export async function provider(script: Script): Promise<FakeProvider> {
  const fake = await FakeProvider.start(script);
  onTestFinished(() => fake.stop());
  return fake;
}

/** The options of a run against the fake provider. */
export function optionsFor(fake: FakeProvider, options: RLMOptions = {}): RLMOptions {
  return {
    backend: 'openai',
    baseUrl: fake.openaiUrl,
    apiKey: 'test-key',
    rootModel: ROOT_MODEL,
    subModel: SUB_MODEL,
    ...surroundings(options),
  };
}

/** The same for a run whose models are given in `options`. */
export function surroundings(options: RLMOptions): RLMOptions {
  return {
    environment: 'local',
    ...(options.environment === 'docker' && { environmentOptions: { image: IMAGE } }),
    logDir: false,
    python: PYTHON,
    quiet: true,
    ...options,
  };
}

/** A run with its events kept. */
export interface Observed {
  readonly run: RLMRun<string>;
  readonly events: readonly RLMEvent[];
  /** Resolves with the first event of a type, past ones included. */
  event<T extends RLMEvent['type']>(type: T): Promise<Extract<RLMEvent, { type: T }>>;
  /** Resolves with the next event. */
  next(): Promise<void>;
}

/** Starts a run over the fake provider and keeps its events. */
export function start(fake: FakeProvider, options: RLMOptions = {}, context?: RLMContext): Observed {
  return observe(optionsFor(fake, options), context);
}

/** Starts a run and keeps its events. */
export function observe(options: RLMOptions, context: RLMContext = 'a short context'): Observed {
  const all = alwaysReplayed(options, 'runId');
  const observed = keepEvents((onEvent) => runRLM(context, 'What is it?', { ...all, onEvent }));
  compareLives(observed.run, all);
  return observed;
}

/** Keeps the events of the run that `begin` starts. */
export function keepEvents(begin: (onEvent: (event: RLMEvent) => void) => RLMRun<string>): Observed {
  const events: RLMEvent[] = [];
  let changed = Promise.withResolvers<void>();
  const onEvent = (event: RLMEvent) => {
    events.push(event);
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const next = () => changed.promise;
  async function event<T extends RLMEvent['type']>(type: T): Promise<Extract<RLMEvent, { type: T }>> {
    for (;;) {
      const found = events.find((one): one is Extract<RLMEvent, { type: T }> => one.type === type);
      if (found !== undefined) return found;
      await next();
    }
  }
  const run = begin(onEvent);
  return { run, events, event, next };
}

/** Runs to the end. */
export async function finish(
  fake: FakeProvider,
  options: RLMOptions = {},
  context?: RLMContext,
): Promise<{ result: RLMResult<string>; events: readonly RLMEvent[] }> {
  const { run, events } = start(fake, options, context);
  return { result: await run, events };
}
