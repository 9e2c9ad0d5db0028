import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyText } from '../../../protocol/test/any-text.ts';
import {
  formatAssessmentResult,
  printable,
  printableJSON,
  printableLines,
  toGitHubAnnotations,
  toGitLab,
  toJUnit,
  toMarkdown,
  toRdjson,
  toSarif,
} from '../../src/index.ts';
import { OBEYED, obeyedIn, obeyedInFile } from '../support/log-commands.ts';
import { finding, resultOf, worker } from '../support/results.ts';

test.each(OBEYED)('nothing of it is obeyed when it is printed: %s', (_, text) => {
  expect(obeyedIn(text)).not.toEqual([]);
  expect(obeyedIn(printable(text))).toEqual([]);
  expect(printable(text)).not.toContain('\n');
  expect(obeyedIn(printableLines(`first\n${text}\nlast`))).toEqual([]);
});

test('whatever is printed: nothing is obeyed, and nothing of JSON is another value', () => {
  const parts = fc.constantFrom(':', '#', '[', '::', 'vso', 'section_start:', '1', ' ', '\n', '\r', '\u001b', '\u2028');
  const text = fc.oneof(
    anyText(),
    fc.array(fc.oneof(parts, fc.string())).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(text, (any) => {
      expect(obeyedIn(printable(any))).toEqual([]);
      expect(obeyedIn(printableLines(any))).toEqual([]);
      const json = printableJSON({ [any]: any }, 2);
      expect(JSON.parse(json)).toEqual({ [any]: any });
      expect(obeyedInFile(json)).toEqual([]);
      expect(json).not.toContain('##');
    }),
    { numRuns: 500 },
  );
});

test.each(['std::vector<T>, a::b', 'C# and #[derive] and ## Title', 'ünï 日本 🚢', '  two blanks\tand a tab', 'a: b'])(
  'other text is as it was: %s',
  (text) => expect(printable(text)).toBe(text),
);

const REPORTS = { formatAssessmentResult, toGitLab, toJUnit, toMarkdown, toRdjson, toSarif };

function hostileResult(text: string) {
  const said = { message: text, file: text, quote: text, suggestion: text };
  const omitted = [{ file: text, reason: 'excluded' as const, detail: text }];
  return resultOf([
    worker({ workerId: text, summary: text, findings: [finding(said)] }),
    worker({
      workerId: `${text} 2`,
      evidence: {
        files: 0,
        chars: 0,
        coverage: null,
        omitted,
        documents: [text],
        unread: [text],
        partial: [],
        renames: [],
      },
      error: { code: 'no_evidence', message: text },
    }),
  ]);
}

test.each(OBEYED)('every report holds against it: %s', (_, text) => {
  const result = hostileResult(text);
  for (const [name, report] of Object.entries(REPORTS)) expect(obeyedInFile(report(result)), name).toEqual([]);
  expect(obeyedIn(formatAssessmentResult(result))).toEqual([]);
  const annotations = toGitHubAnnotations(result).trimEnd().split('\n');
  expect(annotations.filter((line) => !/^::(?:error|warning|notice) /.test(line))).toEqual([]);
  expect(annotations.flatMap((line) => obeyedInFile(line.slice('::'.length)))).toEqual([]);
});
