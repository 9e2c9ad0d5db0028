import { expect, test } from 'vitest';
import { containersOf } from './support/containers.ts';
import { finish, provider } from './support/run.ts';

/** No run can start a container of it. */
const environmentOptions = { image: 'rlm-bridge.invalid/none' };

test.each(['direct', 'auto'] as const)('a short text by strategy "%s" needs no container', async (strategy) => {
  const fake = await provider(() => 'Ada');
  const { result, events } = await finish(fake, { environment: 'docker', environmentOptions, strategy });
  expect(result).toMatchObject({ success: true, answer: 'Ada', strategy: { chosen: 'direct' } });
  expect(events.map(({ type }) => type)).not.toContain('environment.started');
  expect(await containersOf(result.runId)).toEqual([]);
});
