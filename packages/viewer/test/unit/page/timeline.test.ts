import { expect, test } from 'vitest';
import { indexRun } from '../../../src/page/state/run-index.ts';
import { concurrencyOf, rowsOf } from '../../../src/page/timeline/rows.ts';
import { stepOf, TimeScale } from '../../../src/page/timeline/time-scale.ts';
import { callOf, MemorySource } from '../../support/memory-source.ts';

const subCall = (name: string, startedAt: number, endedAt: number | null) =>
  callOf(name, { codeBlock: 0, role: 'llm_query', startedAt, endedAt });

test('lives are separated by a pause, however long nobody worked on the run', () => {
  const day = 86_400_000;
  const scale = new TimeScale([
    { from: 1000, to: 2000 },
    { from: day, to: day + 3000 },
  ]);
  expect(scale.length).toBeLessThan(5000);
  expect(scale.placeOf(1500)).toBe(500);
  const [resumed] = scale.pauses;
  expect(scale.placeOf(day)).toBe(resumed);
  expect(scale.placeOf(day / 2)).toBe(resumed);
  expect(scale.placeOf(day + 3000)).toBe(scale.length);
});

test('calls that were under way at once stand in lanes of their own, below the code that asked for them', async () => {
  const source = new MemorySource();
  source.change({
    iterations: [
      { node: '0', number: 1, startedAt: 0, endedAt: 100, call: 0, response: null, answer: null, isLeftBehind: false },
    ],
    codeBlocks: [
      {
        node: '0',
        iteration: 1,
        number: 0,
        startedAt: 10,
        endedAt: 100,
        code: source.text('x'),
        stdout: null,
        stderr: null,
        status: 'ok',
        binds: [],
        isLeftBehind: false,
      },
    ],
    calls: [
      callOf('1', { startedAt: 0, endedAt: 10 }),
      subCall('2', 20, 40),
      subCall('3', 30, 50),
      subCall('4', 40, 60),
      subCall('5', 80, null),
    ],
  });
  const view = await source.readRun(source.id);
  const rows = rowsOf(view, indexRun(view), (time) => time, 90);
  const names = rows.map(({ bars }) => bars.map((bar) => (bar.kind === 'call' ? bar.call.name : bar.kind)));
  expect(names).toEqual([['iteration', '1', 'block'], ['2', '4', '5'], ['3']]);
  const block = rows[0]?.bars.at(-1);
  expect(block).toMatchObject({
    waits: [
      { from: 20, to: 60 },
      { from: 80, to: 90 },
    ],
  });
  expect(concurrencyOf(view.calls, (time) => time, 90)).toEqual([
    [0, 1],
    [10, 0],
    [20, 1],
    [30, 2],
    [40, 2],
    [50, 1],
    [60, 0],
    [80, 1],
    [90, 0],
  ]);
});

test.each([
  [900, 8, 200],
  [12_000, 8, 2000],
  [240_000, 6, 60_000],
])('the axis of %d ms has whole steps', (length, count, step) => {
  expect(stepOf(length, count)).toBe(step);
});
