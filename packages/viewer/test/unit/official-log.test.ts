import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunView } from '../../src/model/run-view.ts';
import { LogSource } from '../../src/official-log/log-source.ts';

// Logs of the official library as each of its versions wrote them: make.py beside them says how.

const folder = join(import.meta.dirname, '../fixtures/official-logs');
const logOf = (version: string) => readFileSync(join(folder, `rlms-${version}.jsonl`), 'utf8');
const VERSIONS = ['0.1.0', '0.1.1', '0.1.2', '0.1.3'];

test.each(VERSIONS)(
  'a log of rlms %s opens: its runs, what was asked and answered, code, output and sub-calls',
  async (version) => {
    const source = new LogSource('a.jsonl', logOf(version));
    const runs = await source.listRuns();
    expect(runs.map(({ id, query, status }) => [id, query, status])).toEqual([
      ['a.jsonl#2', 'And now?', 'answered'],
      ['a.jsonl', 'What did it hear?', 'answered'],
    ]);
    const view = await source.readRun('a.jsonl');
    const { head, iterations, codeBlocks, calls, nodes } = view;
    expect(head).toMatchObject({ origin: 'official-log', rootModel: 'gpt-4o', environment: 'local', hasTimes: false });
    expect(head).toMatchObject({ subCalls: 3, limits: { iterations: 5 }, spent: { costUsd: null } });
    expect(head.end?.answer?.head).toMatch(version < '0.1.2' ? /^heard it$/ : /^heard first: 0: the heron/);
    expect(iterations.map(({ number, call }) => [number, calls[call ?? -1]?.role])).toEqual([
      [1, 'root'],
      [2, 'root'],
      [3, 'root'],
    ]);
    expect(codeBlocks[0]?.binds).toEqual(['said']);
    expect(codeBlocks[1]).toMatchObject({
      status: 'error',
      stderr: { head: expect.stringMatching(/division by zero/) },
    });
    const subCalls = calls.filter(({ role }) => role === 'llm_query');
    expect(subCalls.map(({ iteration, codeBlock }) => [iteration, codeBlock])).toEqual([
      [1, 0],
      [2, 0],
      [2, 0],
    ]);
    expect(subCalls.map(({ inputTokens, outputTokens }) => [inputTokens, outputTokens])).toEqual([
      [10, 5],
      [10, 5],
      [10, 5],
    ]);
    expect(nodes[0]?.whole).toMatchObject({ calls: 6, inputTokens: 30 });
    const [message] = subCalls[0]?.prompt ?? [];
    expect(message && (await source.readText('a.jsonl', message.text))).toMatch(
      /^first: 0: the heron stands at the 0th mile/,
    );
  },
);

test.each(VERSIONS)(
  'what happened in a run of rlms %s is laid out in order, within its iterations',
  async (version) => {
    const { iterations, codeBlocks, calls } = await new LogSource('a.jsonl', logOf(version)).readRun('a.jsonl');
    const timed = [...codeBlocks, ...calls];
    for (const { node, iteration, startedAt, endedAt } of timed) {
      const within = iterations.find((one) => one.node === node && one.number === iteration);
      expect(startedAt).toBeLessThanOrEqual(endedAt ?? Number.NaN);
      expect(startedAt).toBeGreaterThanOrEqual((within?.startedAt ?? Number.NaN) - 1);
      expect(endedAt).toBeLessThanOrEqual((within?.endedAt ?? Number.NaN) + 1);
    }
  },
);

test('the context is there where the log has all of it, and what was read of it is not known', async () => {
  const { head } = await new LogSource('a.jsonl', logOf('0.1.3')).readRun('a.jsonl');
  expect(head.coverage).toMatchObject({
    fraction: null,
    reads: [],
    documents: [{ chars: 1546, text: { chars: 1546 } }],
  });
});

const iteration = (number: number, fields: object = {}) =>
  JSON.stringify({
    type: 'iteration',
    ...{ iteration: number, timestamp: '2026-01-01T00:00:10', prompt: [{ role: 'user', content: 'q' }] },
    ...{ response: 'r', code_blocks: [], final_answer: null, iteration_time: 1, ...fields },
  });

async function only(...lines: string[]): Promise<RunView> {
  return await new LogSource('x', lines.join('\n')).readRun('x');
}

const METADATA = JSON.stringify({ type: 'metadata', root_model: 'm', max_iterations: 2 });

test('a log that is cut off in a line has all before it, no end, and says so', async () => {
  const { head, iterations, remarks } = await only(METADATA, iteration(1), iteration(2).slice(0, 40));
  expect({ status: head.status, end: head.end, iterations: iterations.length }).toEqual({
    status: 'stopped',
    end: null,
    iterations: 1,
  });
  expect(remarks.map(({ text }) => text)).toEqual([
    expect.stringMatching(/tokens/),
    expect.stringMatching(/has no answer/),
    expect.stringMatching(/^A line of the log could not be read/),
  ]);
});

test('lines that say what was asked of what begin a run each, and have its context and its question', async () => {
  const asked = (prompt: string, root_prompt: string | null) =>
    JSON.stringify({ type: 'run_context', timestamp: '2026-01-01T00:00:00', prompt, root_prompt, session_mode: false });
  const lines = [METADATA, asked('first context', null), iteration(1, { final_answer: 'one' })];
  const more = [
    asked('second context', 'Who is it?'),
    iteration(2),
    iteration(3, { final_answer: 'two' }),
    asked('third', null),
  ];
  const source = new LogSource('x', [...lines, ...more].join('\n'));
  const runs = await Promise.all((await source.listRuns()).toReversed().map(({ id }) => source.readRun(id)));
  expect(runs.map(({ head, iterations }) => [head.query?.head, head.status, iterations.length])).toEqual([
    [undefined, 'answered', 1],
    ['Who is it?', 'answered', 2],
    [undefined, 'stopped', 0],
  ]);
  const texts = runs.map(({ head }) => head.coverage?.documents[0]?.text?.head);
  expect(texts).toEqual(['first context', 'second context', 'third']);
  expect(
    runs.flatMap(({ remarks }) => remarks.map(({ text }) => text)).filter((text) => /could not be read/.test(text)),
  ).toEqual([]);
});

test('iterations that do not say that they are such, and calls that tell their own tokens, are of before version 0.1.0', async () => {
  const call = { prompt: 'find it', response: 'found', prompt_tokens: 7, completion_tokens: 3, execution_time: 1 };
  const result = { stdout: '', stderr: '', locals: {}, execution_time: 1, rlm_calls: [call] };
  const { type: _, ...old } = JSON.parse(iteration(1, { code_blocks: [{ code: 'x', result }], final_answer: 'done' }));
  const { iterations, calls, head } = await only(JSON.stringify(old));
  expect([iterations.length, head.status]).toEqual([1, 'answered']);
  expect(calls.map(({ role, inputTokens, outputTokens }) => [role, inputTokens, outputTokens])).toEqual([
    ['root', 0, 0],
    ['llm_query', 7, 3],
  ]);
});

test('lines of kinds that nobody knows are named, and do not keep a log from opening', async () => {
  const { iterations, remarks } = await only(METADATA, '{"type":"heartbeat"}', iteration(1), '{"type":"heartbeat"}');
  expect(iterations).toHaveLength(1);
  expect(remarks.map(({ text }) => text)).toContain(
    'The log has lines of kinds that are not known here, and not shown: heartbeat.',
  );
});

test('an answer that was asked for when there was none is no success', async () => {
  const { head } = await only(METADATA, iteration(1), iteration(2, { final_answer: 'r', iteration_time: null }));
  expect(head).toMatchObject({
    status: 'failed',
    end: { code: 'max_iterations', isFinal: false, answer: { head: 'r' } },
  });
});

test('a child stands in the tree with its own iterations, and with what its parent was told that it spent', async () => {
  const usage = {
    model_usage_summaries: { s: { total_calls: 4, total_input_tokens: 40, total_output_tokens: 8 } },
    total_cost: 0.5,
  };
  const child = {
    ...{ root_model: 's', prompt: 'find it', response: 'found', usage_summary: usage, execution_time: 1 },
    metadata: { run_metadata: {}, iterations: [JSON.parse(iteration(1, { final_answer: ['variable', 'found'] }))] },
  };
  const result = { stdout: '', stderr: '', locals: {}, execution_time: 1, rlm_calls: [child] };
  const { nodes, head } = await only(
    METADATA,
    iteration(1, { code_blocks: [{ code: 'x = rlm_query("find it")', result }] }),
  );
  expect(nodes).toMatchObject([
    { path: '0', parent: null },
    {
      path: '0/1',
      parent: '0',
      depth: 1,
      from: { iteration: 1, codeBlock: 0 },
      query: { head: 'find it' },
      answer: { head: 'found' },
    },
  ]);
  expect(nodes[1]?.whole).toMatchObject({ calls: 4, inputTokens: 40, costUsd: 0.5 });
  expect(head.spent).toMatchObject({ calls: 5, inputTokens: 40 });
});

test('numbers that JSON has not, and fields of any other kind, do not keep a log from opening', async () => {
  const strange = iteration(2, { prompt: { a: 1 }, response: null, code_blocks: [{ code: null, result: 7 }, 'x'] });
  const { iterations, codeBlocks } = await only(
    METADATA,
    iteration(1).replace('"iteration_time":1', '"iteration_time":NaN'),
    strange,
  );
  expect([iterations.length, codeBlocks.length]).toEqual([2, 1]);
});

test.each(['', 'hello', '{"a": 1}', '[1, 2]', '{"type":"heartbeat"}'])(
  'what is no log of the official library is refused: %s',
  (text) => {
    expect(() => new LogSource('x', text)).toThrow(/no log of the official library/);
  },
);
