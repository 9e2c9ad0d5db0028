import { expect, test } from 'vitest';
import { boundAnnotations, boundSummary } from '../../src/reports/github-limits.ts';

test.each([
  ['many lines', Array.from({ length: 12_000 }, (_, n) => `- not shown to the judge: file-${n}-${'x'.repeat(120)}`)],
  ['one endless line', ['## verdict', 'ü'.repeat(2_000_000)]],
])('a step summary stays below 1 MiB, whatever is in it, and says what is cut: %s', (_, lines) => {
  for (const used of [0, 500_000]) {
    const bounded = boundSummary(lines.join('\n'), used);
    expect(Buffer.byteLength(bounded) + used).toBeLessThanOrEqual(1024 * 1024);
    expect(bounded).toMatch(/\d+ more lines? (?:is|are) left out/);
    expect(bounded.startsWith(lines[0]?.slice(0, 10) ?? '')).toBe(true);
  }
  expect(boundSummary('short\n', 0)).toBe('short\n');
});

test("annotations stay below GitHub's limits: ten of a level, the first ones, and the others counted", () => {
  const commands = ['error', 'warning', 'notice'].flatMap((level) =>
    Array.from({ length: 30 }, (_, n) => `::${level} file=a.js,line=${n}::${level} ${n} ${'%0A'.repeat(3000)}`),
  );
  const bounded = boundAnnotations(`${commands.join('\n')}\n`);
  const lines = bounded.trimEnd().split('\n');
  for (const level of ['error', 'warning', 'notice']) {
    expect(lines.filter((line) => line.startsWith(`::${level} `))).toHaveLength(10);
  }
  expect(lines[0]).toMatch(/^::error file=a\.js,line=0::error 0 (%0A)+…$/);
  expect(lines.at(-1)).toBe('::notice title=rlm assess::61 more are in the summary of the step');
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(4096);
});

test('a few annotations are left as they are', () => {
  const few = '::error title=rlm assess::rlm assess: FAIL\n::notice file=a::b\n';
  expect(boundAnnotations(few)).toBe(few);
});
