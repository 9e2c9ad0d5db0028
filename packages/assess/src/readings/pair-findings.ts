import type { EvidenceDocument } from '../evidence/document.ts';
import type { Pace } from '../evidence/pace.ts';
import type { JudgeFinding } from '../findings/judge-finding.ts';
import { type CheckedFinding, verifyFindings } from '../findings/verify-findings.ts';
import type { Pair } from './pairs.ts';

/**
 * Of each pair the findings whose lines are among its own: what is known of it as long as its lines stay as they are. What
 * the judge found elsewhere is nobody's, and is looked for again.
 */
export async function findingsByPair(
  findings: readonly JudgeFinding[],
  pairs: readonly Pair[],
  documents: readonly EvidenceDocument[],
  pace: Pace,
): Promise<Map<Pair, JudgeFinding[]>> {
  const checked = await verifyFindings(findings, documents, pace);
  return new Map(
    pairs.map((pair) => [pair, findings.filter((_, at) => checked[at] !== undefined && isOf(checked[at], pair))]),
  );
}

function isOf({ verified, file, startLine, endLine }: CheckedFinding, { places }: Pair): boolean {
  if (!verified) return false;
  return places.some(
    (place) =>
      place.file === file &&
      place.lines.some(({ number }) => number !== null && number >= startLine && number <= endLine),
  );
}
