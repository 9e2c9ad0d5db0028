import type { EvidenceDocument } from './evidence/document.ts';
import type { AgreedFinding } from './findings/agreement.ts';
import { LEVELS } from './judge/answer.ts';
import { DIMENSION_RUBRIC, FINDING_CAPS, LEVEL_SCORES } from './judge/rubric.ts';
import type { Sample } from './judge/sample.ts';
import { DIMENSIONS, type Dimension, type WorkerAssessment } from './result.ts';

type Score = { score: number | null; reason: string };
export type Scores = Pick<WorkerAssessment, Dimension | 'overallScore' | 'scoreReasons'>;

/** The dimensions that the evidence allows to judge. */
export function judgeableDimensions(documents: readonly EvidenceDocument[]): Dimension[] {
  return DIMENSIONS.filter((name) => missingFor(name, documents).length === 0);
}

/** The overall score is the weighted mean of the dimensions that have one. */
export function scores(
  samples: readonly Sample[],
  findings: readonly AgreedFinding[],
  documents: readonly EvidenceDocument[],
): Scores {
  const of = (name: Dimension): Score => scoreOf(name, samples, findings, documents);
  return assemble(of('codeQuality'), of('completeness'), of('security'), of('gitHygiene'));
}

/** The scores of a worker that could not be judged: none. */
export function noScores(reason: string): Scores {
  const none: Score = { score: null, reason };
  return assemble(none, none, none, none);
}

function assemble(codeQuality: Score, completeness: Score, security: Score, gitHygiene: Score): Scores {
  const all = { codeQuality, completeness, security, gitHygiene };
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

/** The middle level of the samples (the worse one of two), lowered to what the worst verified finding allows. */
function scoreOf(
  name: Dimension,
  samples: readonly Sample[],
  findings: readonly AgreedFinding[],
  documents: readonly EvidenceDocument[],
): Score {
  const missing = missingFor(name, documents);
  if (missing.length > 0) return { score: null, reason: `There is no evidence for it: ${missing.join(', ')}.` };
  const grades = samples.flatMap(({ answer }) => answer.dimensions[name] ?? []);
  const ranked = grades.toSorted((a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level));
  const grade = ranked[Math.floor((ranked.length - 1) / 2)];
  if (grade === undefined) return { score: null, reason: 'The judge gave no grade.' };
  const score = LEVEL_SCORES[grade.level];
  const caps = findings
    .filter(({ category, verified }) => verified && category === DIMENSION_RUBRIC[name].category)
    .map(({ severity }) => ({ severity, cap: FINDING_CAPS[severity] }))
    .sort((a, b) => a.cap - b.cap);
  const [worst] = caps;
  if (worst === undefined || worst.cap >= score) return { score, reason: `${grade.level}: ${grade.reason}` };
  return { score: worst.cap, reason: `${grade.level}, lowered by a ${worst.severity} finding: ${grade.reason}` };
}

const NEEDED: Record<string, string> = {
  file: 'no changed file',
  commits: 'no commit',
  criteria: 'no acceptance criteria',
};

function missingFor(name: Dimension, documents: readonly EvidenceDocument[]): string[] {
  const present = new Set(documents.map(({ kind }) => kind));
  return DIMENSION_RUBRIC[name].needs.filter((kind) => !present.has(kind)).map((kind) => NEEDED[kind] ?? kind);
}
