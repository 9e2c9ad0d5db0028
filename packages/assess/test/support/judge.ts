import { fileURLToPath } from 'node:url';
import { FakeProvider, type Reply, type Script } from '@rlm-bridge/fake-provider';
import { onTestFinished } from 'vitest';
import type { TestEnvironment } from '../../../rlm/test/e2e/support/environment.ts';
import { type AssessmentResult, type AssessOptions, assessWorkers, type WorkerSpec } from '../../src/index.ts';
import { temporaryFolder } from './repository.ts';

export * from './scripted-judge.ts';

/** A Python that has the worker's dependencies. */
export const PYTHON =
  process.env.RLM_PYTHON ?? fileURLToPath(new URL('../../../../python/.venv/bin/python', import.meta.url));
/** Any image with Python. */
export const IMAGE = process.env.RLM_SANDBOX_IMAGE ?? 'rlm-bridge-sandbox:local';

/** A provider that ends with the test. */
export async function provider(script: Script): Promise<FakeProvider> {
  const fake = await FakeProvider.start(script);
  onTestFinished(() => fake.stop());
  return fake;
}

/** Judges over the fake provider, with a cache of the test's own. */
export async function assess(
  fake: FakeProvider,
  workers: readonly (string | WorkerSpec)[],
  options: AssessOptions & { environment?: TestEnvironment } = {},
): Promise<AssessmentResult> {
  const { environment = 'local', ...rest } = options;
  return await assessWorkers(workers, {
    cache: { dir: await temporaryFolder() },
    ...rest,
    judge: { ...judgeOptions(fake, environment), ...rest.judge },
  });
}

export function judgeOptions(fake: FakeProvider, environment: TestEnvironment = 'local') {
  return {
    backend: 'openai',
    baseUrl: fake.openaiUrl,
    apiKey: 'test-key',
    rootModel: 'gpt-4.1',
    subModel: 'gpt-4o-mini',
    environment,
    ...(environment === 'docker' && { environmentOptions: { image: IMAGE } }),
    maxIterations: 3,
    python: PYTHON,
    quiet: true,
  } as const;
}

export type { Reply };
