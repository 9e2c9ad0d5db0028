import { getEventListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, expect, test, vi } from 'vitest';
import { ODD_THROWS } from '../../../text/test/odd-throws.ts';
import { closeWorkers, RLMAbortError, RLMError, type RLMEvent, type RLMOptions, runRLM } from '../../src/index.ts';
import { anyWorker } from '../../src/run/worker-binding.ts';
import { fixture } from '../worker.ts';

const options = (name: string): RLMOptions => ({
  backend: 'offline',
  environment: 'local',
  logDir: false,
  python: fixture(name),
});

afterAll(closeWorkers);

test('the handle is a promise of the result', async () => {
  const run = runRLM('some text', 'a question', options('answers'));
  expect(run).toBeInstanceOf(Promise);
  const result = await run;
  expect(result).toMatchObject({ success: true, error: null, stopReason: 'answered', runId: run.id });
  expect(result).toMatchObject({
    iterations: 1,
    subCalls: 0,
    costUsd: 0.25,
    usage: { priceTable: 'fixture 1', calls: 1 },
  });
});

test('the context travels by a private file that is gone after the run', async () => {
  const { answer } = await runRLM('some\r\ntext \u{1f600}\0', 'a question', options('answers'));
  const seen = JSON.parse(answer ?? '');
  expect(seen).toMatchObject({ text: 'some\r\ntext \u{1f600}\0', mode: '0o600' });
  expect(existsSync(seen.spec.context.path)).toBe(false);
});

test('a key travels on the secrets channel and nowhere else', async () => {
  vi.stubEnv('OPENAI_API_KEY', 'sk-of-the-root');
  vi.stubEnv('GEMINI_API_KEY', 'key-of-the-sub');
  const { answer } = await runRLM('text', 'q', { ...options('answers'), backend: 'openai', subBackend: 'gemini' });
  const { secrets, ...rest } = JSON.parse(answer ?? '');
  expect(secrets).toMatchObject({ root: { apiKey: 'sk-of-the-root' }, sub: { apiKey: 'key-of-the-sub' } });
  expect(JSON.stringify(rest)).not.toMatch(/sk-of-the-root|key-of-the-sub/);
  vi.unstubAllEnvs();
});

test('every iterator sees all events, and leaving one early ends nothing', async () => {
  const run = runRLM('text', 'q', options('answers'));
  for await (const event of run) {
    expect(event).toMatchObject({ type: 'run.started', runId: run.id });
    break;
  }
  expect((await run).success).toBe(true);
  const types = [
    'run.started',
    'call.started',
    'call.completed',
    'iteration.started',
    'iteration.completed',
    'run.completed',
  ];
  for (let i = 0; i < 2; i++) {
    const seen: RLMEvent[] = [];
    for await (const event of run) seen.push(event);
    expect(seen.map(({ type }) => type)).toEqual(types);
  }
});

test('onEvent gets the same events, and what it throws does not break the run', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const seen: RLMEvent[] = [];
  const onEvent = (event: RLMEvent) => {
    seen.push(event);
    throw new Error('a bug of the caller');
  };
  const run = runRLM('text', 'q', { ...options('answers'), onEvent });
  expect((await run).success).toBe(true);
  const iterated: RLMEvent[] = [];
  for await (const event of run) iterated.push(event);
  expect(seen).toEqual(iterated);
  expect(warn).toHaveBeenCalledTimes(seen.length);
  warn.mockRestore();
});

test('a worker that dies leaves usage, cost, iterations and a partial answer', async () => {
  const result = await runRLM('text', 'q', options('dies-mid-run'));
  expect(result).toMatchObject({
    success: false,
    answer: null,
    stopReason: 'worker_exit',
    error: { code: 'worker_exit', workerStderr: 'the last words' },
    partialAnswer: 'a first guess',
    iterations: 1,
    subCalls: 2,
    costUsd: null,
    usage: { calls: 3, inputTokens: 20, outputTokens: 10, abandonedCalls: 1 },
  });
});

test('what is wrong before the run ran rejects, and the events end with the same code', async () => {
  const run = runRLM('text', 'q', options('never-runs'));
  await expect(run).rejects.toSatisfy(
    (error) => RLMError.isInstance(error) && error.code === 'container_runtime_missing',
  );
  const events: RLMEvent[] = [];
  for await (const event of run) events.push(event);
  expect(events).toEqual([
    expect.objectContaining({ type: 'run.failed', code: 'container_runtime_missing', stopReason: null }),
  ]);
});

test('iterating alone learns of a fault by the last event', async () => {
  const events: RLMEvent[] = [];
  for await (const event of runRLM('text', '', options('answers'))) events.push(event);
  expect(events).toEqual([expect.objectContaining({ type: 'run.failed', code: 'invalid_options' })]);
});

test('an abort rejects with the reason and the partial result, and takes its listener off', async () => {
  const controller = new AbortController();
  const reason = new Error('the user left');
  const run = runRLM('text', 'q', { ...options('cancels-politely'), signal: controller.signal });
  for await (const event of run) if (event.type === 'iteration.completed') controller.abort(reason);
  const error = await run.catch((caught: unknown) => caught);
  expect(RLMAbortError.isInstance(error)).toBe(true);
  expect(error).toMatchObject({ name: 'AbortError', code: 'aborted', cause: reason });
  expect(error).toMatchObject({ result: { partialAnswer: 'in the end', iterations: 1, costUsd: 0.25 } });
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
});

test('abort() twice is abort() once, and nothing after the end', async () => {
  const run = runRLM('text', 'q', options('ignores-sigterm'));
  for await (const event of run) {
    if (event.type === 'iteration.completed') run.abort('first');
    if (event.type === 'iteration.completed') run.abort('second');
  }
  await expect(run).rejects.toMatchObject({ cause: 'first', result: { partialAnswer: 'half an answer' } });
  const answered = runRLM('text', 'q', options('answers'));
  await answered;
  answered.abort('too late');
  expect((await answered).success).toBe(true);
});

test('a signal that is aborted already starts nothing', async () => {
  const signal = AbortSignal.abort('not today');
  const run = runRLM('text', 'q', { ...options('answers'), python: '/nonexistent/python', signal });
  await expect(run).rejects.toMatchObject({
    name: 'AbortError',
    cause: 'not today',
    result: { iterations: 0, costUsd: 0 },
  });
});

test('an abort while the worker starts', async () => {
  const run = runRLM('text', 'q', options('never-ready'));
  setTimeout(() => run.abort('too slow'), 200);
  await expect(run).rejects.toMatchObject({ code: 'aborted', cause: 'too slow' });
});

test.each(ODD_THROWS)('an onEvent that rejects with %s does not disturb the run', async (_, odd) => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const onEvent = async () => {
    await null;
    throw odd();
  };
  expect((await runRLM('text', 'q', { ...options('answers'), onEvent })).success).toBe(true);
  await nextTurn();
  expect(warn).toHaveBeenCalledWith(expect.stringMatching(/^onEvent threw on/), { code: 'RLM_ON_EVENT' });
  warn.mockRestore();
});

const boom = () => {
  throw new Error('a getter of the options threw');
};

test.each<[string, object]>([
  ['an option that throws', Object.defineProperty({}, 'backend', { get: boom, enumerable: true })],
  ['an onEvent that throws', Object.defineProperty({}, 'onEvent', { get: boom, enumerable: true })],
  [
    'an option of an option that throws',
    { environmentOptions: Object.defineProperty({}, 'image', { get: boom, enumerable: true }) },
  ],
  ['a proxy', new Proxy({}, { ownKeys: boom })],
])('%s is a wrong option: the run rejects, and its events end', async (_, given) => {
  const run = runRLM('text', 'q', given);
  await expect(run).rejects.toMatchObject({ code: 'invalid_options', message: expect.stringContaining('getter') });
  const types: string[] = [];
  for await (const { type } of run) types.push(type);
  expect(types).toEqual(['run.failed']);
});

test('a signal that throws is told of, and the run goes on', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const signal = { aborted: false, addEventListener: boom, removeEventListener: boom } as unknown as AbortSignal;
  expect((await runRLM('text', 'q', { ...options('answers'), signal })).success).toBe(true);
  expect(warn).toHaveBeenCalledWith(expect.stringMatching(/^signal threw/), { code: 'RLM_SIGNAL' });
  warn.mockRestore();
});

test('a deep JSON line of the worker ends the run, typed, with what it cost', async () => {
  const result = await runRLM('text', 'q', options('deep-line'));
  expect(result).toMatchObject({ success: false, stopReason: 'worker_exit', costUsd: 0.25 });
  expect(result.error).toMatchObject({ code: 'worker_protocol_error', message: expect.stringMatching(/500 levels/) });
});

test('a temporary folder that cannot be used is named, with the variable to set', async () => {
  await expect(runRLM('text', 'q', options('no-temp-folder'))).rejects.toMatchObject({
    code: 'temp_folder_unusable',
    message: expect.stringMatching(/No such file or directory\..*Set TMPDIR/),
  });
});

test('a context file that cannot be removed loses nothing of the result', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const release = vi.spyOn(anyWorker, 'releaseContext').mockRejectedValue(new Error('EROFS: read-only file system'));
  expect(await runRLM('text', 'q', options('answers'))).toMatchObject({ success: true, costUsd: 0.25 });
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('EROFS'), { code: 'RLM_FOLDER_CLEANUP' });
  release.mockRestore();
  warn.mockRestore();
});
