import type { CalibrationResult } from '../api/calibration.ts';
import { type DIMENSIONS, LEVELS } from '../api/terms.ts';
import type { WorkerAssessment } from '../api/worker-assessment.ts';
import type { Matched } from './match.ts';
import { fleissKappa } from './statistics.ts';

/** A work that was judged, and what came of its labels. */
export interface JudgedWork {
  worker: WorkerAssessment;
  matched: Matched;
  /** Whether a label says that it is clean, and none names a fault. */
  isSound: boolean;
  /** Whether a label names a fault. */
  isFaulty: boolean;
}

/**
 * How much samples agree beyond chance. Subjects are the labelled faults and the false findings, and each sound work
 * without one; each is found by so many samples, and not by the others.
 */
export function agreementOf(works: readonly JudgedWork[], samples: number): CalibrationResult['agreement'] {
  if (samples < 2) return null;
  // A work of which a sample is missing has fewer raters than the others.
  const whole = works.filter(({ worker }) => worker.samples === samples);
  const subjects = whole.flatMap(({ matched, isSound }) => {
    const found = [
      ...matched.defects.map(({ finding }) => finding?.agreement ?? 0),
      ...matched.findings.filter(({ clean }) => clean !== null).map(({ finding }) => finding.agreement),
    ];
    return (isSound && found.length === 0 ? [0] : found).map((count) => Math.min(count, samples));
  });
  const level = (name: (typeof DIMENSIONS)[number]) =>
    fleissKappa(
      whole.flatMap(({ worker }) => {
        const { given } = worker.grades[name];
        if (given.length !== samples) return [];
        return [LEVELS.map((one) => given.filter((grade) => grade.level === one).length)];
      }),
    );
  return {
    findings: fleissKappa(subjects.map((count) => [count, samples - count])),
    subjects: subjects.length,
    levels: {
      codeQuality: level('codeQuality'),
      completeness: level('completeness'),
      security: level('security'),
      gitHygiene: level('gitHygiene'),
    },
  };
}
