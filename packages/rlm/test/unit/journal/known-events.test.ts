import type { WorkerEvent } from '@rlm-bridge/protocol';
import { expect, test } from 'vitest';
import { KnownEvents } from '../../../src/journal/known-events.ts';
import { event, log } from './records.ts';

const at = { node: '0', depth: 0 } as const;
const started = (iteration: number, node = '0') => event({ type: 'iteration.started', ...at, node, iteration });
const began = (iteration: number, codeBlock: number, code: string, node = '0') =>
  event({ type: 'codeBlock.started', ...at, node, iteration, codeBlock, code });
const ended = (iteration: number, codeBlock: number, stdout: string) =>
  event({
    type: 'codeBlock.completed',
    ...at,
    iteration,
    codeBlock,
    status: 'ok',
    stdout,
    stderr: '',
    subCalls: 0,
    durationMs: 1,
  });
const printed = (iteration: number, codeBlock: number) =>
  event({ type: 'codeBlock.output', ...at, iteration, codeBlock, stream: 'stdout', text: 'x' });
const diverged = (iteration: number, codeBlock: number, node = '0') =>
  event({ type: 'replay.diverged', ...at, node, iteration, codeBlock, what: 'prompt', recorded: null, now: null });
const container = event({ type: 'environment.started', ...at, environment: 'docker', container: 'c', durationMs: 1 });

type Told = ReturnType<typeof event>;

function knowing(...told: Told[]): KnownEvents {
  const known = new KnownEvents();
  for (const [n, body] of told.entries()) known.note({ n, at: 0, ...body });
  return known;
}

const later = ({ event: told }: Told): WorkerEvent => ({
  ...told,
  at: 9,
  ...('durationMs' in told && { durationMs: 99 }),
});

test('what is known is told once: times do not make it another event', () => {
  const all = [started(1), began(1, 0, 'print(1)'), ended(1, 0, '1'), log('remark')];
  const known = knowing(...all);
  expect(all.map((one) => known.takes(later(one)))).toEqual([true, true, true, true]);
  expect(all.map((one) => known.takes(later(one)))).toEqual([false, false, false, false]);
});

test('what has another content is not known', () => {
  const known = knowing(began(1, 0, 'print(1)'), ended(1, 0, '1'));
  expect(
    [began(1, 0, 'print(2)'), began(1, 1, 'print(1)'), ended(1, 0, '2')].some((one) => known.takes(later(one))),
  ).toBe(false);
});

test('what each life says of itself is never known', () => {
  expect(knowing(container).takes(later(container))).toBe(false);
});

test('output of a code block is known when the block came to its end', () => {
  const known = knowing(printed(1, 0), ended(1, 0, 'x'), printed(1, 1));
  expect([known.takes(later(printed(1, 0))), known.takes(later(printed(1, 1)))]).toEqual([true, false]);
});

test('from where a node went another way on, nothing of it is known, nor of what it began there', () => {
  const known = knowing(began(1, 0, 'a'), began(1, 1, 'b'), started(2), started(1, '0/1'), started(1, '0/2'));
  const key = 'c'.repeat(32);
  known.noteChild({ kind: 'child.spawned', node: '0', iteration: 1, codeBlock: 0, key, child: '0/1' });
  known.noteChild({ kind: 'child.spawned', node: '0', iteration: 1, codeBlock: 1, key, child: '0/2' });
  known.forget({ node: '0', iteration: 1, codeBlock: 1 });
  const told = [began(1, 0, 'a'), began(1, 1, 'b'), started(2), started(1, '0/1'), started(1, '0/2')];
  expect(told.map((one) => known.takes(later(one)))).toEqual([true, false, false, true, false]);
});

test('a journal in which a run went another way knows the new one', () => {
  const known = knowing(began(1, 0, 'a'), began(2, 0, 'old'), diverged(1, 1), began(2, 0, 'new'));
  expect([began(1, 0, 'a'), began(2, 0, 'old'), began(2, 0, 'new')].map((one) => known.takes(later(one)))).toEqual([
    true,
    false,
    true,
  ]);
});

test('a code block in which a run goes another way begins anew, where it runs', () => {
  const known = knowing(began(1, 0, 'a'), began(2, 0, 'b'));
  expect(known.takes(later(began(1, 0, 'a')))).toBe(true);
  expect(known.forget({ node: '0', iteration: 2, codeBlock: 0 })).toBeUndefined();
  expect(known.forget({ node: '0', iteration: 1, codeBlock: 0 })).toEqual(later(began(1, 0, 'a')));
  known.takes(later(ended(1, 0, 'x')));
  expect(known.forget({ node: '0', iteration: 1, codeBlock: 0 })).toBeUndefined();
});
