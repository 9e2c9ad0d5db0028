import type { Dimension } from '../api/terms.ts';
import type { EvidenceDocument } from '../evidence/document.ts';
import type { Pace } from '../evidence/pace.ts';
import type { JudgeFinding } from '../findings/judge-finding.ts';
import { verifyFindings } from '../findings/verify-findings.ts';
import type { CriterionAnswer, Grade, JudgeAnswer, ReadingAnswer } from '../judge/answer.ts';
import { WORST } from '../verdict/score.ts';

/** What was found before the whole was judged: in parts, and between them at an earlier time. */
export interface FoundBefore {
  readings: readonly ReadingAnswer[];
  ofPairs: readonly JudgeFinding[];
}

export function findingsBefore({ readings, ofPairs }: FoundBefore): JudgeFinding[] {
  return [...readings.flatMap(({ findings }) => findings), ...ofPairs];
}

/**
 * One answer of the readings and of the verdict over them. What a reading found stands: a criterion that it shows not to be met
 * is not met, and a part that it calls as bad as can be leaves the whole no better.
 */
export async function mergedAnswer(
  before: FoundBefore,
  verdict: JudgeAnswer,
  documents: readonly EvidenceDocument[],
  pace: Pace,
): Promise<JudgeAnswer> {
  const { readings } = before;
  const dimensions: Partial<Record<Dimension, Grade>> = {};
  for (const [name, grade] of Object.entries(verdict.dimensions) as [Dimension, Grade][]) {
    dimensions[name] = readings.map((reading) => reading.dimensions[name]).find((one) => one?.level === WORST) ?? grade;
  }
  return {
    dimensions,
    criteria: { ...verdict.criteria, ...notMet(readings) },
    findings: await withoutRepeats([...findingsBefore(before), ...verdict.findings], documents, pace),
    summary: verdict.summary,
  };
}

/** Of findings of one rule at the same lines the first one: two pairs may hold them. */
async function withoutRepeats(
  findings: readonly JudgeFinding[],
  documents: readonly EvidenceDocument[],
  pace: Pace,
): Promise<JudgeFinding[]> {
  const places = new Set<string>();
  const checked = await verifyFindings(findings, documents, pace);
  return findings.filter((_, at) => {
    const { rule = '', file, startLine, endLine, quote } = checked[at] ?? {};
    const place = JSON.stringify([rule, file, startLine, endLine, quote]);
    if (places.has(place)) return false;
    places.add(place);
    return true;
  });
}

/** What was found where nobody came to judge the whole; null: nothing was said at all. */
export function unfinishedAnswer(before: FoundBefore, refused: readonly JudgeAnswer[]): JudgeAnswer | null {
  const all = [...before.readings, ...refused];
  if (all.length === 0) return null;
  const findings = [...findingsBefore(before), ...refused.flatMap((one) => one.findings)];
  return { dimensions: {}, criteria: notMet(all), findings, summary: '' };
}

function notMet(answers: readonly JudgeAnswer[]): Record<string, CriterionAnswer> {
  const all = answers.flatMap(({ criteria }) => Object.entries(criteria));
  return Object.fromEntries(all.filter(([, { outcome }]) => outcome === 'not_met').toReversed());
}
