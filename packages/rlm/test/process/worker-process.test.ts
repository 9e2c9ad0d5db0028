import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROTOCOL_VERSION, type WorkerEvent } from '@rlm-bridge/protocol';
import { describe, expect, test } from 'vitest';
import { WorkerProcess } from '../../src/worker/worker-process.ts';
import { fixtureCommand, isAlive, runRequest, until } from '../worker.ts';

const never = new AbortController().signal;
const start = (name: string, readyTimeoutMs?: number) =>
  WorkerProcess.start(fixtureCommand(name), never, readyTimeoutMs);

// Each has a worker of its own, and most wait.
describe.concurrent('a worker process', () => {
  test('serves one run after the other', async () => {
    const worker = await start('answers');
    expect(worker.state).toBe('ready');
    const ends = [await worker.run(runRequest('a'), never), await worker.run(runRequest('b'), never)];
    expect(ends.map(({ kind }) => kind)).toEqual(['answered', 'answered']);
    await worker.stop();
    expect(await worker.exited).toMatchObject({ exitCode: 0, signal: null });
    expect(worker.state).toBe('stopped');
  });

  test('names both protocol versions when they differ', async () => {
    await expect(start('wrong-version')).rejects.toMatchObject({
      code: 'protocol_version_mismatch',
      message: expect.stringMatching(new RegExp(`version 999.*version ${PROTOCOL_VERSION}\\b`)),
    });
  });

  test('gives up on a worker that is never ready, with its last words', async () => {
    await expect(start('never-ready', 500)).rejects.toMatchObject({
      code: 'worker_ready_timeout',
      message: expect.stringContaining('within 500 ms'),
    });
  });

  test('says why a worker could not start', async () => {
    await expect(start('dies-before-ready')).rejects.toMatchObject({
      code: 'worker_start_failed',
      message: expect.stringContaining("No module named 'a_package_that_nobody_has'"),
    });
  });

  test('a missing interpreter is python_not_found', async () => {
    const command = { file: '/nonexistent/python', args: [], env: {}, start: 'spawn', local: true } as const;
    await expect(WorkerProcess.start(command, never)).rejects.toMatchObject({ code: 'python_not_found' });
  });

  test('garbage on the wire ends the run and the worker', async () => {
    const worker = await start('prints-garbage');
    const end = await worker.run(runRequest('a'), never);
    expect(end).toMatchObject({ kind: 'failed', code: 'worker_protocol_error', stopReason: 'worker_exit' });
    expect(end).toHaveProperty('message', expect.stringContaining('Loading model weights'));
    await worker.exited;
  });

  test('a line without end is cut off', async () => {
    const worker = await start('huge-line');
    const end = await worker.run(runRequest('a'), never);
    expect(end).toMatchObject({ kind: 'failed', code: 'worker_protocol_error' });
    expect(end).toHaveProperty('message', expect.stringContaining('longer than'));
    await worker.exited;
  });

  test('a known message with a wrong field is a protocol error', async () => {
    const worker = await start('sends-wrong-message');
    const end = await worker.run(runRequest('a'), never);
    expect(end).toMatchObject({ kind: 'failed', code: 'worker_protocol_error' });
    expect(end).toHaveProperty('message', expect.stringContaining('run.completed'));
    await worker.exited;
  });

  test('a message of unknown type is reported and not fatal', async () => {
    const events: WorkerEvent[] = [];
    const worker = await start('sends-unknown-message');
    const end = await worker.run({ ...runRequest('a'), onEvent: (event) => events.push(event) }, never);
    expect(end).toMatchObject({ kind: 'answered', answer: 'done' });
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'log',
        level: 'warning',
        message: expect.stringContaining('telepathy.received'),
      }),
    );
    await worker.stop();
  });

  test('a worker that dies leaves its last words', async () => {
    const worker = await start('dies-mid-run');
    const end = await worker.run(runRequest('a'), never);
    expect(end).toMatchObject({
      kind: 'failed',
      code: 'worker_exit',
      stopReason: 'worker_exit',
      workerStderr: 'the last words',
    });
    expect(end).toHaveProperty('message', expect.stringMatching(/by SIGKILL.*the last words/s));
    expect(worker.state).toBe('stopped');
  });

  test('a grandchild that holds the pipes delays nothing', async () => {
    const pidFile = join(await mkdtemp(join(tmpdir(), 'rlm-test-')), 'pid');
    const worker = await start('grandchild-holds-pipes');
    const end = await worker.run(runRequest('a', { query: pidFile }), never);
    expect(end).toMatchObject({ kind: 'failed', code: 'worker_exit' });
    expect(await worker.exited).toMatchObject({ exitCode: 3 });
    const grandchild = Number(await readFile(pidFile, 'utf8'));
    expect(isAlive(grandchild)).toBe(true);
    process.kill(grandchild, 'SIGKILL');
  });

  test('a polite worker ends a cancelled run itself and is used again', async () => {
    const abort = new AbortController();
    const worker = await start('cancels-politely');
    const request = {
      ...runRequest('a'),
      onEvent: ({ type }: WorkerEvent) => type === 'iteration.completed' && abort.abort('enough'),
    };
    const end = await worker.run(request, abort.signal);
    expect(end).toMatchObject({ kind: 'aborted', reason: 'enough', partialAnswer: 'in the end' });
    expect(worker.state).toBe('ready');
    await worker.stop();
  });

  test('a worker that ignores cancel and SIGTERM is killed and never used again', async () => {
    const abort = new AbortController();
    const worker = await start('ignores-sigterm');
    const request = {
      ...runRequest('a'),
      onEvent: ({ type }: WorkerEvent) => type === 'iteration.completed' && abort.abort('enough'),
    };
    const end = await worker.run(request, abort.signal);
    expect(end).toMatchObject({ kind: 'aborted', reason: 'enough' });
    expect(worker.state).toBe('stopping');
    expect(await worker.exited).toMatchObject({ signal: 'SIGKILL' });
    expect(worker.closed.aborted).toBe(true);
    await expect(worker.run(runRequest('b'), never)).rejects.toMatchObject({ code: 'worker_start_failed' });
  });

  test('the host ends a run whose worker does not keep maxDurationMs', async () => {
    const worker = await start('ignores-sigterm');
    const request = runRequest('a');
    const limits = { ...request.spec.limits, maxDurationMs: 50 };
    const end = await worker.run({ ...request, spec: { ...request.spec, limits } }, never);
    expect(end).toMatchObject({ kind: 'failed', code: 'duration_exceeded', stopReason: 'duration' });
    expect(await worker.exited).toMatchObject({ signal: 'SIGKILL' });
  });

  test('an abort while the worker starts rejects at once and leaves no process', async () => {
    const abort = new AbortController();
    const starting = WorkerProcess.start(fixtureCommand('never-ready'), abort.signal);
    abort.abort(new Error('changed my mind'));
    await expect(starting).rejects.toThrow('changed my mind');
  });

  test('a run that never ran is told apart from one that failed', async () => {
    const worker = await start('never-runs');
    const end = await worker.run(runRequest('a'), never);
    expect(end).toMatchObject({ kind: 'never_ran', error: { code: 'container_runtime_missing' } });
    expect(worker.state).toBe('ready');
    await worker.stop();
    await until(() => worker.state === 'stopped');
  });
});
