import { existsSync } from 'node:fs';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import {
  closeWorkers,
  configureWorkers,
  openSession,
  type RLMResult,
  type RLMSession,
  runRLM,
} from '../../src/index.ts';
import { DEFAULT_IDLE_MS } from '../../src/worker/pool.ts';
import { fixture, isAlive, until } from '../worker.ts';

const OPTIONS = { backend: 'offline', environment: 'local', logDir: false, python: fixture('sessions') } as const;

afterEach(async () => {
  configureWorkers({ max: 10, idleMs: DEFAULT_IDLE_MS });
  await closeWorkers();
});

async function open(): Promise<RLMSession> {
  const session = await openSession(OPTIONS);
  onTestFinished(() => session.close());
  return session;
}

const given = ({ answer }: RLMResult) => JSON.parse(answer ?? '');

test('its turns are runs of one worker, and say so', async () => {
  const session = await open();
  const first = given(await session.run('text', 'q'));
  const second = given(await session.run(undefined, 'another', { maxIterations: 3 }));
  expect(second.pid).toBe(first.pid);
  expect(first.spec).toMatchObject({ session: session.id, query: 'q', context: { kind: 'text' } });
  expect(second.spec).toMatchObject({ session: session.id, context: null, limits: { maxIterations: 3 } });
  expect(session.totals).toMatchObject({ turns: 2, costUsd: 0.5, usage: { calls: 2, inputTokens: 20 } });
});

test('it holds a slot until it is closed, and gives its worker back', async () => {
  configureWorkers({ max: 1 });
  const session = await open();
  const { pid } = given(await session.run('text', 'q'));
  let isOver = false;
  const waiting = runRLM('text', 'waits', OPTIONS).finally(() => {
    isOver = true;
  });
  for (let turn = 0; turn < 3; turn++) await session.run(undefined, 'q');
  expect(isOver).toBe(false);
  await session.close();
  const run = given(await waiting);
  expect(run).toMatchObject({ pid, spec: { session: null } });
});

test('the files of its contexts are there until it is closed', async () => {
  const session = await open();
  const paths = [];
  for (const context of ['one', ['two']]) paths.push(given(await session.run(context, 'q')).spec.context.path);
  expect(paths.map(existsSync)).toEqual([true, true]);
  expect(new Set(paths).size).toBe(2);
  await session.close();
  expect(paths.map(existsSync)).toEqual([false, false]);
});

test('a worker that dies between turns frees its slot, and the session is lost', async () => {
  configureWorkers({ max: 1 });
  const session = await open();
  const { pid } = given(await session.run('text', 'q'));
  process.kill(pid, 'SIGKILL');
  await expect(session.run(undefined, 'q')).rejects.toMatchObject({
    code: 'session_lost',
    message: expect.stringMatching(/The Python worker ended by SIGKILL.*Open a new session/s),
  });
  expect(given(await runRLM('text', 'q', OPTIONS)).pid).not.toBe(pid);
  await session.close();
  await expect(session.run(undefined, 'q')).rejects.toMatchObject({ code: 'session_lost' });
});

test('a worker that dies in a turn ends the turn first', async () => {
  const session = await open();
  expect(await session.run('text', 'die')).toMatchObject({ success: false, stopReason: 'worker_exit', costUsd: 0.25 });
  await expect(session.run(undefined, 'q')).rejects.toMatchObject({ code: 'session_lost' });
  expect(session.totals).toMatchObject({ turns: 1, costUsd: 0.25 });
});

test('a worker that dies while it closes is no trouble', async () => {
  const session = await open();
  const { pid } = given(await session.run('text', 'die later'));
  await session.close();
  expect(isAlive(pid)).toBe(false);
});

test('once the worker says that it is lost, the session is, and its worker is free', async () => {
  configureWorkers({ max: 1 });
  const session = await open();
  const { pid } = given(await session.run('text', 'q'));
  for (let time = 0; time < 2; time++) {
    await expect(session.run(undefined, 'lost')).rejects.toMatchObject({ code: 'session_lost' });
  }
  expect(given(await runRLM('text', 'q', OPTIONS)).pid).toBe(pid);
});

test('one never used is closed without a word', async () => {
  const session = await openSession(OPTIONS);
  await session.close();
  await session.close();
  await expect(session.run('text', 'q')).rejects.toMatchObject({ code: 'session_closed' });
  expect(session.totals).toMatchObject({ turns: 0, costUsd: 0, usage: { calls: 0 } });
});

test('what is wrong with a turn is told before anything, and the session goes on', async () => {
  const session = await open();
  const rejected = (code: string) => expect.objectContaining({ code });
  await expect(session.run('text', '')).rejects.toEqual(rejected('invalid_options'));
  await expect(session.run('text', 'q', { rootModel: 'm' } as never)).rejects.toEqual(rejected('invalid_options'));
  await expect(session.run({ file: '/nonexistent' }, 'q')).rejects.toEqual(rejected('context_not_found'));
  await expect(session.run(7 as never, 'q')).rejects.toEqual(rejected('context_unsupported_type'));
  expect(session.totals.turns).toBe(0);
  expect(await session.run('text', 'q')).toMatchObject({ success: true });
});

test('a signal of the session ends its turns', async () => {
  const controller = new AbortController();
  const session = await openSession({ ...OPTIONS, signal: controller.signal });
  onTestFinished(() => session.close());
  const { pid } = given(await session.run('text', 'q'));
  controller.abort('enough');
  await expect(session.run(undefined, 'q')).rejects.toMatchObject({ code: 'aborted', cause: 'enough' });
  await session.close();
  await closeWorkers();
  await until(() => !isAlive(pid));
});
