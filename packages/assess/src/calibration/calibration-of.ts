import { createHash } from 'node:crypto';
import type { CalibratedJudge, CalibrationResult, LookCounts, StrayFinding } from '../api/calibration.ts';
import type { AssessmentResult } from '../api/result.ts';
import type { Finding, WorkerAssessment } from '../api/worker-assessment.ts';
import { changesSince } from './changes.ts';
import { type MatchedFinding, matchFindings } from './match.ts';
import { ratesOf } from './rates.ts';
import { agreementOf, type JudgedWork } from './sample-agreement.ts';
import { scoresOf } from './score-reliability.ts';
import { thresholdsOf } from './thresholds.ts';
import type { LabelledWork } from './works.ts';

/** How labelled works were judged, and what the figures are held against. */
export interface CalibratedBy {
  judge: CalibratedJudge;
  targetPrecision: number;
  previous: CalibrationResult | null;
}

/** The figures of labelled works that were judged: from labels and the result alone. */
export function calibrationOf(
  works: readonly LabelledWork[],
  result: AssessmentResult,
  { judge, targetPrecision, previous }: CalibratedBy,
): CalibrationResult {
  const whole = works.flatMap((work) => {
    const worker = result.workers.find(({ workerId }) => workerId === work.id);
    return worker === undefined ? [] : [{ work, worker }];
  });
  const judged = whole.filter(({ worker }) => isJudged(worker)).map(judgedWork);
  const unjudged = whole.filter(({ worker }) => !isJudged(worker));
  const labels = judged.flatMap(({ work }) => work.labels);
  const matched = judged.map((one) => one.matched);
  const strays = (wanted: (found: MatchedFinding) => boolean) =>
    judged.flatMap(({ work, matched: { findings } }) =>
      findings.filter(wanted).map(({ finding }) => stray(work.id, finding)),
    );
  const figures = {
    judge,
    labels: {
      defects: labels.filter(({ label }) => label === 'defect').length,
      clean: labels.filter(({ label }) => label === 'clean').length,
      works: judged.length,
      unjudged: unjudged.map(({ work, worker }) => ({ work: work.id, reason: worker.reason })),
      hash: hashOf(works.map((one) => one.labels)),
    },
    ...ratesOf(matched),
  };
  return {
    version: 1,
    ...figures,
    unverified: judged.flatMap(({ worker }) => worker.findings.filter(({ verified }) => !verified)).length,
    agreement: agreementOf(judged, judge.samples),
    scores: scoresOf(judged),
    verifier: judge.verifier === null ? null : lookCounts(judged),
    thresholds: thresholdsOf(judged, judge.samples, targetPrecision),
    falseFindings: strays(({ clean }) => clean !== null),
    missed: judged.flatMap(({ work, matched: { defects } }) =>
      defects.flatMap(({ label, finding }) => {
        if (finding !== null) return [];
        const { rule, severity, file, lines } = label;
        return [{ work: work.id, rule, severity, file, startLine: lines[0], endLine: lines[1] }];
      }),
    ),
    unlabelled: strays(({ defect, clean }) => defect === null && clean === null),
    changes: previous && changesSince(previous, figures),
    rlmMetrics: result.rlmMetrics,
  };
}

/** As hash of a list of what JSON can hold. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 20);
}

/** A work of which a sample is missing was judged in another way than the others. */
function isJudged({ error, samples }: WorkerAssessment): boolean {
  return error === undefined && samples > 0;
}

function judgedWork({
  work,
  worker,
}: {
  work: LabelledWork;
  worker: WorkerAssessment;
}): JudgedWork & { work: LabelledWork } {
  const verified = worker.findings.filter((finding) => finding.verified);
  const isFaulty = work.labels.some(({ label }) => label === 'defect');
  // Of what is clean by one rule, or in some lines, nobody says that the whole is sound.
  const isSound =
    !isFaulty &&
    work.labels.some((label) => label.label === 'clean' && label.rule === undefined && label.lines === undefined);
  return { work, worker, matched: matchFindings(verified, work.labels), isSound, isFaulty };
}

function stray(work: string, { rule, severity, file, startLine, endLine, message, agreement }: Finding): StrayFinding {
  return { work, rule, severity, file, startLine, endLine, message, agreement };
}

function lookCounts(works: readonly JudgedWork[]): NonNullable<CalibrationResult['verifier']> {
  const findings = works.flatMap(({ matched }) => matched.findings);
  const counts = (some: readonly MatchedFinding[]): LookCounts => {
    const of = (outcome: keyof LookCounts) =>
      some.filter(({ finding }) => finding.verification?.outcome === outcome).length;
    return { confirmed: of('confirmed'), refuted: of('refuted'), cannot_say: of('cannot_say'), failed: of('failed') };
  };
  return {
    defects: counts(findings.filter(({ defect }) => defect !== null)),
    falseFindings: counts(findings.filter(({ clean }) => clean !== null)),
  };
}
