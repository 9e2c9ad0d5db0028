import { expect, test } from 'vitest';
import { toInstructions } from '../../src/index.ts';
import { obeyedInFile } from '../support/log-commands.ts';
import { finding, resultOf, worker } from '../support/results.ts';

const mendable = resultOf([
  worker({
    findings: [
      finding({ severity: 'high', rule: 'b-rule', file: 'src/b.ts', startLine: 9, endLine: 9, quote: 'second()' }),
      finding({
        severity: 'critical',
        startLine: 3,
        endLine: 4,
        quote: 'db.query(\n  "select " + id)',
        suggestion: 'Bind it.',
      }),
      finding({ severity: 'critical', rule: 'unseen', quote: 'nowhere', verified: false }),
      finding({ severity: 'low', rule: 'words', quote: 'mild()' }),
      finding({ severity: 'low', rule: 'old-words', quote: 'old()', change: 'untouched', origin: 'existing' }),
      finding({ severity: 'high', rule: 'gone', quote: 'gone()', change: 'removed', origin: 'mended' }),
    ],
    rubric: [
      { id: 'tested', question: 'Is it tested?', severity: 'low', outcome: 'not_met', notMetIn: 1, reason: 'No test.' },
      { id: 'safe', question: 'Is it safe?', severity: 'low', outcome: 'met', notMetIn: 0, reason: 'It is.' },
    ],
  }),
  worker({ workerId: 'docs' }),
]);

test('what fails first, the worst first, each with its place and its lines', () => {
  expect(
    toInstructions(mendable, 'auth'),
  ).toBe(`The review of your work at commit 222222222222 came to FAIL: 2 findings at or above high.

Put these right; each of them fails the review:
- src/db.ts:3-4, critical, sql-injection: Input reaches the query.
    > db.query(
    >   "select " + id)
    Suggestion: Bind it.
- src/b.ts:9, high, b-rule: Input reaches the query.
    > second()

Put these right, or show that they are none; while they are open the review cannot pass:
- src/db.ts:3, critical, unseen: Input reaches the query. (in doubt: its quote is not found in src/db.ts)
    > nowhere

Not met:
- tested: Is it tested? No test.

Also wrong, though the review does not fail by it:
- src/db.ts:3, low, words: Input reaches the query.
    > mild()

Lines are those of the files as they were reviewed. Change nothing else.
`);
});

test('work that passes has nothing to be put right', () => {
  expect(toInstructions(mendable, 'docs')).toMatch(/came to PASS: .*\n\nNothing is to be put right\.\n$/);
});

test("what the judging failed by is not the worker's to mend", () => {
  const error = { code: 'rate_limited', message: 'Try again later.' };
  const text = toInstructions(resultOf([worker({ error })]), 'auth');
  expect(text).toContain('came to INCONCLUSIVE');
  expect(text).toContain('not yours to mend: Try again later.');
  expect(text).not.toContain('Nothing is to be put right');
});

test('what the baseline has is let be', () => {
  const known = finding();
  const result = resultOf([worker({ findings: [known] })], { baseline: [known.id] });
  expect(toInstructions(result, 'auth')).not.toContain(known.message);
});

test('a long list is cut, and says so', () => {
  const findings = Array.from({ length: 25 }, (_, n) =>
    finding({ startLine: n + 1, endLine: n + 1, quote: `line${n}()` }),
  );
  const text = toInstructions(resultOf([worker({ findings })]), 'auth');
  expect(text.match(/^- src/gm)).toHaveLength(20);
  expect(text).toContain('- and 5 more findings like these');
});

test('no text of the work or the judge begins a line, or a command of a log', () => {
  const hostile = 'x\n::error::forged\u001b[2K\u2028y';
  const text = toInstructions(
    resultOf([worker({ findings: [finding({ message: hostile, quote: hostile })] })]),
    'auth',
  );
  expect(text).toContain('forged');
  expect(obeyedInFile(text)).toEqual([]);
});

test('a worker that the result does not have is an error that names those it has', () => {
  expect(() => toInstructions(mendable, 'gone')).toThrow('The result has no worker "gone". It has auth, docs.');
});
