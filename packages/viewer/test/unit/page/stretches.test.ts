import { expect, test } from 'vitest';
import type { ReadView } from '../../../src/model/coverage-view.ts';
import { callsThatRead, columnsOf, stretchesOf } from '../../../src/page/coverage/stretches.ts';
import { callOf } from '../../support/memory-source.ts';

const CALLS = [
  callOf('1'),
  callOf('2', { codeBlock: 0, role: 'llm_query' }),
  callOf('3', { codeBlock: 0, role: 'llm_query' }),
];
const READS: ReadView[] = [
  [0, 10, 30, 0],
  [0, 20, 50, 1],
  [0, 40, 60, 2],
];

test('a document is cut into stretches of those who read them: the root, sub-calls, both, nobody', () => {
  expect(stretchesOf(100, READS, CALLS)).toEqual([
    { start: 0, end: 10, by: 'unread', calls: 0 },
    { start: 10, end: 20, by: 'root', calls: 1 },
    { start: 20, end: 30, by: 'both', calls: 2 },
    { start: 30, end: 40, by: 'sub', calls: 1 },
    { start: 40, end: 50, by: 'sub', calls: 2 },
    { start: 50, end: 60, by: 'sub', calls: 1 },
    { start: 60, end: 100, by: 'unread', calls: 0 },
  ]);
});

test('a document that nobody read is one stretch, one without characters none', () => {
  expect(stretchesOf(5, [], CALLS)).toEqual([{ start: 0, end: 5, by: 'unread', calls: 0 }]);
  expect(stretchesOf(0, [], CALLS)).toEqual([]);
});

test('every call that read a stretch is told, each once', () => {
  expect(callsThatRead([...READS, [0, 45, 48, 1]], 40, 50)).toEqual([1, 2]);
  expect(callsThatRead(READS, 60, 100)).toEqual([]);
});

test('columns of a strip have the share that was read, however many characters are in one', () => {
  const stretches = stretchesOf(100, READS, CALLS);
  for (const count of [1, 3, 7, 100, 250]) {
    const columns = columnsOf(stretches, 0, 100, count);
    const sum = (who: 'root' | 'sub') => columns.reduce((total, column) => total + column[who], 0) / count;
    expect(sum('root')).toBeCloseTo(0.2);
    expect(sum('sub')).toBeCloseTo(0.4);
  }
  expect(columnsOf(stretches, 10, 20, 5)).toEqual(Array(5).fill({ root: 1, sub: 0 }));
});
