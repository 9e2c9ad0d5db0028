import { expect, onTestFinished, test, vi } from 'vitest';
import { decodeText } from '../../src/evidence/decode-text.ts';
import { type Evidence, type EvidenceDocument, plainLines } from '../../src/evidence/document.ts';
import { fileDocuments } from '../../src/evidence/file-document.ts';
import { diffLines } from '../../src/evidence/line-diff.ts';
import { Pace } from '../../src/evidence/pace.ts';
import { shownLines } from '../../src/evidence/shown-lines.ts';
import type { JudgeFinding } from '../../src/findings/judge-finding.ts';
import { suppressionsOf } from '../../src/findings/suppressions.ts';
import { verifyFindings } from '../../src/findings/verify-findings.ts';
import { contextOf } from '../../src/judge/context.ts';
import { workKey } from '../../src/judge/judgement-key.ts';

// While much is collected, whatever else there is to do is done: an abort, too, which a loop that never gives way would not hear of.

const LINES = Array.from({ length: 400_000 }, (_, at) => `  call(${at % 97}, ${at});`);
const TEXT = LINES.join('\n');
const PAIRS = Array.from({ length: 100 }, (_, n) => {
  const before = LINES.slice(n * 4000, (n + 1) * 4000);
  return { before, after: before.map((line, at) => (at % 3 === 0 ? `  ${line}` : line)).toReversed() };
});
const EVIDENCE: Evidence = {
  documents: [{ name: 'a.ts', kind: 'file', facts: [], lines: plainLines(LINES) }],
  omitted: [],
  provenance: { source: 'files', path: '/', branch: null, base: null, head: null, dirty: null },
  nothingToJudge: null,
};
const MANY = PAIRS.map(({ before }, n): EvidenceDocument => {
  return { name: `${n}.ts`, kind: 'file', facts: [], lines: plainLines(before) };
});
const CLAIMS = MANY.map(({ name }): JudgeFinding => {
  const what = { severity: 'high', category: 'code', rule: 'r', message: 'm', quote: 'nowhere to be found' } as const;
  return { ...what, file: name, startLine: 1, endLine: 1 };
});
const text = (lines: readonly string[]) =>
  ({ kind: 'text', text: lines.join('\n'), lines, facts: [], form: 'UTF-8, LF' }) as const;

test.each<[what: string, work: (signal: AbortSignal) => Promise<unknown>]>([
  ['findings are looked for in many files', (signal) => verifyFindings(CLAIMS, MANY, new Pace(signal))],
  ['comments are looked for in many files', (signal) => suppressionsOf([], MANY, new Pace(signal))],
  ['a large file is read', (signal) => decodeText(Buffer.from(TEXT.repeat(4)), new Pace(signal))],
  [
    'a file of another encoding is read',
    (signal) => decodeText(Buffer.from(`${TEXT}é`.repeat(2), 'latin1'), new Pace(signal)),
  ],
  ['its lines are made visible', (signal) => shownLines(TEXT, new Pace(signal))],
  ['many files are compared', (signal) => diffLines(PAIRS, signal)],
  [
    'a large file is replaced',
    (signal) =>
      fileDocuments([{ name: 'a', facts: [], before: null, after: text(LINES) }], { maxFileChars: 1e9, signal }),
  ],
  ['documents are written down', (signal) => contextOf(EVIDENCE, signal)],
  ['documents are hashed', (signal) => workKey({ context: { a: TEXT.repeat(4) }, query: 'q' }, signal)],
])('while %s, an abort is heard', async (_, work) => {
  // Every turn counts as a long one, however quick the machine is.
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
    now += 1000;
    return now;
  });
  onTestFinished(() => clock.mockRestore());
  const aborting = new AbortController();
  const working = work(aborting.signal);
  setImmediate(() => aborting.abort(new Error('enough')));
  await expect(working).rejects.toThrow('enough');
});
