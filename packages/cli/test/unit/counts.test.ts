import { counted, formatAssessmentResult, toGitHubAnnotations, toMarkdown } from '@rlm-bridge/assess';
import { expect, test } from 'vitest';
import { finding, resultOf, worker } from '../../../assess/test/support/results.ts';
import { boundAnnotations, boundSummary } from '../../src/reports/github-limits.ts';
import { AssessProgress } from '../../src/terminal/assess-progress.ts';
import { RunProgress } from '../../src/terminal/progress.ts';

/** A one before a plural. */
const WRONG = /(?<![\d.,:-])1 (?!pass\b)(?:more )?(?:\w+-)?[a-z]+s\b/;

test.each([
  [0, '0 files'],
  [1, '1 file'],
  [2, '2 files'],
])('%d: %s', (count, expected) => {
  expect(counted(count, 'file')).toBe(expected);
});

/** A result in which everything that is counted is there as often as this. */
function resultWith(count: number) {
  const evidence = {
    files: count,
    chars: count,
    coverage: 1,
    omitted: [],
    documents: [],
    unread: [],
    partial: [],
    renames: [],
  };
  const findings = Array.from({ length: count }, (_, at) => finding({ severity: 'medium', quote: `line ${at}` }));
  const result = resultOf([worker({ evidence, findings })]);
  result.rlmMetrics = { ...result.rlmMetrics, iterations: count, subCalls: count, cachedWorkers: 1 };
  return result;
}

test('reports count one as one and two as two', () => {
  const [one, two] = [formatAssessmentResult(resultWith(1)), formatAssessmentResult(resultWith(2))];
  for (const said of ['1 file, 1 character,', '1 iteration, 1 sub-call,', '1 finding, none gating'])
    expect(one).toContain(said);
  for (const said of ['2 files, 2 characters,', '2 iterations, 2 sub-calls,', '2 findings, none'])
    expect(two).toContain(said);
  for (const report of [formatAssessmentResult, toMarkdown, toGitHubAnnotations]) {
    expect(report(resultWith(1))).not.toMatch(WRONG);
  }
});

test('progress counts one as one', () => {
  const lines: string[] = [];
  const sink = { write: (text: string) => lines.push(text) };
  const terminal = { stdin: [], stdout: sink, stderr: sink, cwd: '/', env: {}, signal: AbortSignal.abort() };
  const assessing = new AssessProgress({ ...terminal, stdin: nothing() }, { workers: 1, isMachine: false });
  for (const count of [1, 2]) {
    assessing.show({ type: 'evidence.collected', workerId: 'w', files: count, chars: count, documents: count });
  }
  const state = new RunProgress(sink, {});
  state.show({ type: 'iteration.completed', depth: 0 } as never);
  expect(lines.slice(0, 2)).toEqual(['w: 1 file, 1 character\n', 'w: 2 files, 2 characters\n']);
  expect(lines.at(-1)).toContain('0 sub-calls');
});

async function* nothing(): AsyncGenerator<string> {}

test('what GitHub has no room for is counted: one is, more are', () => {
  const annotations = (count: number) => `${Array.from({ length: count }, () => '::error ::x').join('\n')}\n`;
  expect(boundAnnotations(annotations(11))).toContain('::1 more is in the summary');
  expect(boundAnnotations(annotations(12))).toContain('::2 more are in the summary');
  const long = 'x'.repeat(600_000);
  expect(boundSummary(`${long}\n${long}`, 0)).toContain('1 more line is left out');
  expect(boundSummary(`${long}\n${long}\nx`, 0)).toContain('2 more lines are left out');
});
