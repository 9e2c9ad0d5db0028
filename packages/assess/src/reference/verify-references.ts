import { type EvidenceDocument, plainLines } from '../evidence/document.ts';
import type { JudgeFinding, ReferencePlace } from '../findings/judge-finding.ts';
import { QuoteIndex } from '../findings/quote-index.ts';
import type { JudgeAnswer } from '../judge/answer.ts';
import type { ReferenceTree } from './reference-tree.ts';

/** An answer whose findings say of each place in the reference whether its quote is there, and on which line. */
export async function withVerifiedReferences(answer: JudgeAnswer, tree: ReferenceTree): Promise<JudgeAnswer> {
  const findings: JudgeFinding[] = [];
  for (const finding of answer.findings) {
    const places: ReferencePlace[] = [];
    for (const place of finding.reference ?? []) places.push(await verified(place, tree));
    findings.push(places.length === 0 ? finding : { ...finding, reference: places });
  }
  return { ...answer, findings };
}

async function verified({ file, line, quote }: ReferencePlace, tree: ReferenceTree): Promise<ReferencePlace> {
  const lines = await tree.lines(file).catch(() => null);
  if (lines === null) return { file, line, quote, verified: false };
  const document: EvidenceDocument = { name: file, kind: 'file', facts: [], lines: plainLines(lines) };
  const place = new QuoteIndex(document).find(quote, { startLine: line, endLine: line });
  return { file, line: place?.startLine ?? line, quote, verified: place !== null };
}
