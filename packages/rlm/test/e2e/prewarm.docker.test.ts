import { conversation, type FakeProvider, submit } from '@rlm-bridge/fake-provider';
import { expect, test } from 'vitest';
import { closeWorkers, type RLMOptions } from '../../src/index.ts';
import { containersGone, containersOf, type RanInContainer, waitingContainer } from './support/containers.ts';
import { gone, workers } from './support/processes.ts';
import { IMAGE, provider, start } from './support/run.ts';

const PREWARMED: RLMOptions = { environment: 'docker', environmentOptions: { image: IMAGE, prewarm: true } };

const OTHERS: RLMOptions = { ...PREWARMED, environmentOptions: { image: IMAGE, prewarm: true, memoryMb: 300 } };

const script = conversation({ turns: [submit('context')] });

async function run(fake: FakeProvider, options: RLMOptions = PREWARMED): Promise<RanInContainer> {
  const observed = start(fake, options);
  expect(await observed.run).toMatchObject({ success: true, answer: 'a short context' });
  const { container } = await observed.event('environment.started');
  return { id: observed.run.id, container };
}

test('kill -9 of the idle worker ends its container; each next run finds its own started; one of other options does not, and ends it; closeWorkers leaves none', async () => {
  const fake = await provider(script);
  const ran = await run(fake);
  await waitingContainer(ran);
  const idle = workers();
  expect(idle).toHaveLength(1);
  for (const { pid } of idle) process.kill(pid, 'SIGKILL');
  await gone(idle);
  await containersGone(ran.id);
  const first = await run(fake);
  const ready = await waitingContainer(first);
  const second = await run(fake);
  expect(second.container).toBe(ready);
  expect(ready).not.toBe(first.container);
  const next = await waitingContainer(second);
  expect([first.container, second.container]).not.toContain(next);
  const other = await run(fake, OTHERS);
  expect(other.container).not.toBe(next);
  await containersGone(second.id);
  await waitingContainer(other);
  await closeWorkers();
  expect(await containersOf(first.id)).toEqual([]);
  expect(await containersOf(other.id)).toEqual([]);
});
