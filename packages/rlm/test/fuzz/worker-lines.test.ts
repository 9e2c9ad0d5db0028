import { FramingError, LineDecoder, WorkerMessage } from '@rlm-bridge/protocol';
import { expect, test } from 'vitest';
import { fuzzLines } from '../../../protocol/test/fuzz-lines.ts';
import { RLMError } from '../../src/api/errors.ts';
import { EventLog } from '../../src/run/event-log.ts';
import { ResultFold } from '../../src/run/result-fold.ts';
import { toPublicEvent } from '../../src/run/to-public-event.ts';
import { readReady } from '../../src/worker/handshake.ts';
import { readWorkerLine, type WorkerLine } from '../../src/worker/worker-message.ts';
import { heldBytes } from '../held-bytes.ts';

// RLM_FUZZ_LINES=1000000 RLM_FUZZ_SEED=7 vitest run packages/rlm/test/fuzz: the long mode.
const LINES = Number(process.env.RLM_FUZZ_LINES ?? 5_000);
const SEED = Number(process.env.RLM_FUZZ_SEED ?? 1);
const WATCHDOG_MS = 30_000 + LINES * 3;

const types = new Set<string>(WorkerMessage.options.map(({ shape }) => shape.type.value));

/** What Node makes of bytes of a worker; a stream that cannot be cut into lines any more is closed. */
function read(decoder: LineDecoder, bytes: Uint8Array): (WorkerLine | 'no JSON' | 'no line')[] {
  const lines: (WorkerLine | 'no JSON' | 'no line')[] = [];
  try {
    for (const line of decoder.push(bytes)) {
      try {
        lines.push(readWorkerLine(JSON.parse(line)));
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        lines.push('no JSON');
      }
    }
  } catch (error) {
    if (!(error instanceof FramingError)) throw error;
    lines.push('no line');
  }
  return lines;
}

const PLACE = { node: '0', iteration: 1, codeBlock: 0, key: 'a'.repeat(32) };

test(`${LINES} mutated lines of a worker: each is taken or refused, no crash, no hang, no growth`, {
  timeout: WATCHDOG_MS,
}, () => {
  const seen = { message: 0, unknown: 0, wrong: 0, 'no JSON': 0, 'no line': 0 };
  const log = new EventLog();
  const fold = new ResultFold('run');
  let decoder = new LineDecoder();
  for (const bytes of fuzzLines(SEED, LINES, types)) {
    for (const line of read(decoder, bytes)) {
      seen[typeof line === 'string' ? line : line.kind] += 1;
      if (line === 'no line') decoder = new LineDecoder();
      if (typeof line === 'string') continue;
      if (line.kind === 'wrong') expect(line.issue.length).toBeLessThan(2_300);
      if (line.kind === 'unknown') expect(line.remark.length).toBeLessThanOrEqual(200);
      if (line.kind !== 'message' || !('at' in line.message)) continue;
      fold.apply(line.message);
      log.push(toPublicEvent(line.message));
    }
  }
  const { usage } = fold.settle({ kind: 'answered', answer: '', value: '', durationMs: 0 });
  expect(usage.calls).toBeGreaterThan(0);
  for (const [kind, count] of Object.entries(seen)) expect(count, kind).toBeGreaterThan(0);
  expect(heldBytes()).toBeLessThan(1_000_000_000);
});

test('any first line is a handshake or a typed error', { timeout: WATCHDOG_MS }, () => {
  for (const bytes of fuzzLines(SEED + 1, Math.ceil(LINES / 10), new Set(['worker.ready']))) {
    let value: unknown;
    try {
      value = JSON.parse(Buffer.from(bytes).toString());
    } catch {
      continue; // the transport's matter
    }
    try {
      readReady(value);
    } catch (error) {
      expect(RLMError.isInstance(error)).toBe(true);
    }
  }
});

test('a line of 500 levels is a message', () => {
  const deep = JSON.parse(`${'['.repeat(497)}${']'.repeat(497)}`);
  const call = { type: 'tool.call', id: 'run', requestId: '1', ...PLACE, call: 'c', tool: 't', arguments: { deep } };
  expect(readWorkerLine(call).kind).toBe('message');
});

test.each([501, 100_000])('a line of %i levels is refused, not a crash', (levels) => {
  const deep = JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
  const call = { type: 'tool.call', id: 'run', requestId: '1', ...PLACE, call: 'c', tool: 't', arguments: { deep } };
  expect(readWorkerLine(call)).toEqual({ kind: 'wrong', issue: 'a message of more than 500 levels' });
  expect(() => readReady(call)).toThrow('too many levels');
});
