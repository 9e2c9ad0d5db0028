import { DIMENSIONS, type Dimension, LEVELS, type Level } from '../api/terms.ts';
import type { Finding, Grades, WorkerAssessment } from '../api/worker-assessment.ts';
import type { DocumentKind, EvidenceDocument } from '../evidence/document.ts';
import { DIMENSION_RUBRIC, FINDING_CAPS, LEVEL_SCORES } from '../judge/rubric.ts';
import type { Sample } from '../judge/sample.ts';

type Score = { score: number | null; reason: string };
export type Scores = Pick<WorkerAssessment, Dimension | 'overallScore' | 'scoreReasons'>;
type AllGrades = WorkerAssessment['grades'];

/** The dimensions that the evidence allows to judge. */
export function judgeableDimensions(documents: readonly EvidenceDocument[]): Dimension[] {
  return DIMENSIONS.filter((name) => missingFor(name, documents).length === 0);
}

/** What the samples make of each dimension that there is evidence for. */
export function gradesOf(samples: readonly Sample[], documents: readonly EvidenceDocument[]): AllGrades {
  const of = (name: Dimension): Grades => {
    const missing = missingFor(name, documents);
    if (missing.length > 0) return { given: [], missing: `There is no evidence for it: ${missing.join(', ')}.` };
    const given = samples.flatMap(({ answer }) => answer.dimensions[name] ?? []);
    return { given, missing: given.length === 0 ? 'The judge gave no grade.' : null };
  };
  return byDimension(of);
}

/** The grades of a worker that could not be judged: none. */
export function noGrades(missing: string): AllGrades {
  return byDimension(() => ({ given: [], missing }));
}

/**
 * The scores under a policy. A level counts when `minAgreement` samples, and at least half of them, give it or a worse
 * one; it is lowered by `findings`, those that count. The overall score is the weighted mean of what has a score.
 */
export function scores(
  grades: AllGrades,
  findings: readonly Pick<Finding, 'category' | 'severity'>[],
  minAgreement: number,
): Scores {
  const all = byDimension((name) => scoreOf(name, grades[name], findings, minAgreement));
  const { codeQuality, completeness, security, gitHygiene } = all;
  const overall = mean(all);
  return {
    overallScore: overall.score,
    codeQuality: codeQuality.score,
    completeness: completeness.score,
    security: security.score,
    gitHygiene: gitHygiene.score,
    scoreReasons: {
      overallScore: overall.reason,
      codeQuality: codeQuality.reason,
      completeness: completeness.reason,
      security: security.reason,
      gitHygiene: gitHygiene.reason,
    },
  };
}

/** Of grades in order from the worst: the middle one (the worse one of two), or the first that enough samples bear out. */
export function agreedGrade({ given }: Grades, minAgreement: number): Grades['given'][number] | undefined {
  const ranked = given.toSorted((a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level));
  const middle = Math.floor((ranked.length - 1) / 2);
  return ranked[Math.min(ranked.length - 1, Math.max(middle, minAgreement - 1))];
}

/** The worst that there is. */
export const WORST: Level = 'unacceptable';

function byDimension<T>(of: (name: Dimension) => T): Record<Dimension, T> {
  return {
    codeQuality: of('codeQuality'),
    completeness: of('completeness'),
    security: of('security'),
    gitHygiene: of('gitHygiene'),
  };
}

function mean(all: Record<Dimension, Score>): Score {
  const scored = DIMENSIONS.flatMap((name) => {
    const { score } = all[name];
    return score === null ? [] : [{ name, score, weight: DIMENSION_RUBRIC[name].weight }];
  });
  const weights = scored.reduce((sum, { weight }) => sum + weight, 0);
  if (weights === 0) return { score: null, reason: 'No dimension has a score.' };
  const score = Math.round(scored.reduce((sum, one) => sum + one.score * one.weight, 0) / weights);
  return { score, reason: `The weighted mean of ${scored.map(({ name }) => name).join(', ')}.` };
}

/** The level that was agreed on, lowered to what the worst finding of its category allows. */
function scoreOf(
  name: Dimension,
  grades: Grades,
  findings: readonly Pick<Finding, 'category' | 'severity'>[],
  minAgreement: number,
): Score {
  const grade = agreedGrade(grades, minAgreement);
  if (grade === undefined) return { score: null, reason: grades.missing ?? 'The judge gave no grade.' };
  const score = LEVEL_SCORES[grade.level];
  const [worst] = findings
    .filter(({ category }) => category === DIMENSION_RUBRIC[name].category)
    .map(({ severity }) => ({ severity, cap: FINDING_CAPS[severity] }))
    .sort((a, b) => a.cap - b.cap);
  if (worst === undefined || worst.cap >= score) return { score, reason: `${grade.level}: ${grade.reason}` };
  return { score: worst.cap, reason: `${grade.level}, lowered by a ${worst.severity} finding: ${grade.reason}` };
}

const NEEDED: Record<string, string> = {
  file: 'no changed file',
  commits: 'no commit',
  criteria: 'no acceptance criteria',
};

function missingFor(name: Dimension, documents: readonly EvidenceDocument[]): string[] {
  // A moved file is a changed one.
  const present = new Set<DocumentKind>(documents.map(({ kind }) => (kind === 'moves' ? 'file' : kind)));
  return DIMENSION_RUBRIC[name].needs.filter((kind) => !present.has(kind)).map((kind) => NEEDED[kind] ?? kind);
}
