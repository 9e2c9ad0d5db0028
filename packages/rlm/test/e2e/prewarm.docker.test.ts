import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { conversation, type FakeProvider, submit } from '@rlm-bridge/fake-provider';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { closeWorkers, type RLMOptions } from '../../src/index.ts';
import { containersGone, containersOf, runningContainers } from './support/containers.ts';
import { gone, workers } from './support/processes.ts';
import { finish, IMAGE, optionsFor, provider, start } from './support/run.ts';

const HOST = fileURLToPath(new URL('fixtures/host.ts', import.meta.url));
const LOOK_AGAIN_MS = 50;
const PREWARMED: RLMOptions = { environment: 'docker', environmentOptions: { image: IMAGE, prewarm: true } };

interface Ran {
  readonly id: string;
  /** The name of its own container. */
  readonly container: string | null;
}

const script = conversation({ turns: [submit('context')] });

/** The name of the one container that waits for the run after this one, whose own may not be gone yet. */
async function waiting({ id, container }: Ran): Promise<string> {
  for (;;) {
    const other = (await runningContainers(id)).find((name) => name !== container);
    if (other !== undefined) return other;
    await sleep(LOOK_AGAIN_MS);
  }
}

async function run(fake: FakeProvider, options: RLMOptions = PREWARMED): Promise<Ran> {
  const observed = start(fake, options);
  expect(await observed.run).toMatchObject({ success: true, answer: 'a short context' });
  const { container } = await observed.event('environment.started');
  return { id: observed.run.id, container };
}

test('kill -9 of the idle worker: its container ends, and the next run is served', async () => {
  const fake = await provider(script);
  const ran = await run(fake);
  await waiting(ran);
  const idle = workers();
  expect(idle).toHaveLength(1);
  for (const { pid } of idle) process.kill(pid, 'SIGKILL');
  await gone(idle);
  await containersGone(ran.id);
  expect(await finish(fake, PREWARMED)).toMatchObject({ result: { success: true } });
});

test('a run of other options does not get it, and ends it', async () => {
  const fake = await provider(script);
  const first = await run(fake);
  const ready = await waiting(first);
  const { container } = await run(fake, {
    environment: 'docker',
    environmentOptions: { image: IMAGE, prewarm: false },
  });
  expect(container).not.toBe(ready);
  await containersGone(first.id);
});

test('the next run finds its container started; closeWorkers leaves none', async () => {
  const fake = await provider(script);
  const first = await run(fake);
  const ready = await waiting(first);
  const second = await run(fake);
  expect(second.container).toBe(ready);
  expect(ready).not.toBe(first.container);
  const next = await waiting(second);
  expect([first.container, second.container]).not.toContain(next);
  await closeWorkers();
  expect(await containersOf(first.id)).toEqual([]);
  expect(await containersOf(second.id)).toEqual([]);
});

test('kill -9 of Node: the container of its idle worker ends', async () => {
  const fake = await provider(script);
  const { signal: _, onEvent: __, ...options } = optionsFor(fake, PREWARMED);
  const argument = JSON.stringify({ options, context: 'a short context' });
  const host = execa(process.execPath, ['--conditions=source', HOST, argument], { reject: false, cleanup: true });
  onTestFinished(() => void host.kill('SIGKILL'));
  const lines = host.iterable();
  const id = String((await lines.next()).value);
  const [said, container = ''] = String((await lines.next()).value).split(' ');
  expect(said).toBe('ended');
  await waiting({ id, container });
  const idle = workers(host.pid);
  host.kill('SIGKILL');
  await host;
  await gone(idle);
  await containersGone(id);
});
