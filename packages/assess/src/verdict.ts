import { policyNote, policyNoteOfAll } from './policy-note.ts';
import {
  type AppliedGate,
  type AssessmentResult,
  DIMENSIONS,
  type Finding,
  Severity,
  type Verdict,
  type WorkerAssessment,
} from './result.ts';
import { DEFAULT_GATE, type GatePolicy } from './types.ts';

/** A worker's assessment before any gate was applied to it. */
export type Ungated = Omit<WorkerAssessment, 'verdict' | 'reason' | 'findings'> & {
  findings: readonly Omit<Finding, 'known' | 'gating'>[];
};

/** The policy with its defaults. */
export function applyDefaults(gate: GatePolicy = {}): AppliedGate {
  return {
    failOn: gate.failOn ?? DEFAULT_GATE.failOn,
    minScore: gate.minScore ?? null,
    minScores: gate.minScores ?? {},
    minAgreement: gate.minAgreement ?? DEFAULT_GATE.minAgreement,
    newOnly: gate.newOnly ?? gate.baseline !== undefined,
    onError: gate.onError ?? DEFAULT_GATE.onError,
  };
}

/**
 * The one place where a verdict is reached; every report prints what is decided here. A worker that could not be judged
 * is inconclusive; one with a gating finding or too low a score fails; and any other passes.
 */
export function decide(worker: Ungated, policy: GatePolicy = {}): WorkerAssessment {
  const gate = applyDefaults(policy);
  const findings = worker.findings.map((finding) => {
    const known = policy.baseline?.includes(finding.id) ?? false;
    return { ...finding, known, gating: gates({ ...finding, known }, gate) };
  });
  const { verdict, reason } = verdictOf(worker, findings, gate);
  return { ...worker, findings, verdict, reason: `${reason}${policyNote(worker.policyChanges)}` };
}

/** Any worker that fails fails the whole; else any that could not be judged makes it inconclusive. */
export function decideAll(
  workers: readonly WorkerAssessment[],
): Pick<AssessmentResult, 'success' | 'verdict' | 'reason'> {
  const ids = (verdict: Verdict) =>
    workers.filter((worker) => worker.verdict === verdict).map(({ workerId }) => workerId);
  const failed = ids('fail');
  const unjudged = ids('inconclusive');
  const success = workers.length > 0 && unjudged.length === 0;
  const also = unjudged.length > 0 ? `; not judged: ${unjudged.join(', ')}` : '';
  const note = policyNoteOfAll(workers);
  if (failed.length > 0) return { success, verdict: 'fail', reason: `fails: ${failed.join(', ')}${also}${note}` };
  if (!success) {
    return { success, verdict: 'inconclusive', reason: `could not be judged: ${unjudged.join(', ')}${note}` };
  }
  return { success, verdict: 'pass', reason: `${workers.length} of ${workers.length} pass${note}` };
}

/** What a process that gates on a result exits with: 0 pass, 1 fail, 3 inconclusive (0 under `onError: 'pass'`). */
export function exitCodeOf({ verdict, gate }: Pick<AssessmentResult, 'verdict' | 'gate'>): 0 | 1 | 3 {
  if (verdict === 'inconclusive') return gate.onError === 'pass' ? 0 : 3;
  return verdict === 'pass' ? 0 : 1;
}

function gates(finding: Omit<Finding, 'gating'>, { failOn, minAgreement, newOnly }: AppliedGate): boolean {
  if (failOn === 'never' || !finding.verified || finding.agreement < minAgreement) return false;
  if (newOnly && finding.known) return false;
  return isAtLeast(finding.severity, failOn);
}

function isAtLeast(severity: Severity, least: Severity): boolean {
  return Severity.options.indexOf(severity) <= Severity.options.indexOf(least);
}

function verdictOf(
  worker: Ungated,
  findings: readonly Finding[],
  gate: AppliedGate,
): { verdict: Verdict; reason: string } {
  if (worker.error !== undefined) return { verdict: 'inconclusive', reason: worker.error.message };
  const gating = findings.filter((finding) => finding.gating);
  const low = lowScores(worker, gate);
  if (gating.length > 0 || low.below.length > 0) {
    const found = gating.length > 0 ? [`${counted(gating)} at or above ${gate.failOn}`] : [];
    return { verdict: 'fail', reason: [...found, ...low.below].join('; ') };
  }
  if (low.missing.length > 0) return { verdict: 'inconclusive', reason: low.missing.join('; ') };
  const unshown = unshownCriteria(worker, findings, gate);
  if (unshown.length > 0) {
    return { verdict: 'inconclusive', reason: `not met by the judge's word, shown by no line: ${unshown.join(', ')}` };
  }
  return { verdict: 'pass', reason: findings.length === 0 ? 'no findings' : `${counted(findings)}, none gating` };
}

function counted(findings: readonly unknown[]): string {
  return `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}`;
}

/** A least score that there is no score to hold against cannot be met. */
function lowScores(worker: Ungated, { minScore, minScores }: AppliedGate): { below: string[]; missing: string[] } {
  const wanted = [
    ...(minScore === null ? [] : [{ name: 'overallScore' as const, least: minScore }]),
    ...DIMENSIONS.flatMap((name) => (minScores[name] === undefined ? [] : [{ name, least: minScores[name] }])),
  ];
  const below = wanted.flatMap(({ name, least }) => {
    const score = worker[name];
    return score !== null && score < least ? [`${name} ${score} is below ${least}`] : [];
  });
  const missing = wanted.flatMap(({ name, least }) =>
    worker[name] === null ? [`${name} must be at least ${least}, and there is none: ${worker.scoreReasons[name]}`] : [],
  );
  return { below, missing };
}

/** Criteria that the judge says are not met without one verified finding to show it, which would otherwise pass. */
function unshownCriteria(worker: Ungated, findings: readonly Finding[], { failOn }: AppliedGate): string[] {
  if (failOn === 'never') return [];
  return worker.rubric
    .filter(
      ({ id, outcome }) => outcome === 'not_met' && !findings.some(({ rule, verified }) => rule === id && verified),
    )
    .map(({ id }) => id);
}
