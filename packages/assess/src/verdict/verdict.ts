import { given } from '@rlm-bridge/options';
import { counted } from '@rlm-bridge/text';
import { WORKER_ERRORS_OF_THE_WORK } from '../api/errors.ts';
import { DEFAULT_GATE, type GatePolicy } from '../api/options.ts';
import type { AppliedGate, AssessmentResult } from '../api/result.ts';
import { DIMENSIONS, type Dimension, type Verdict } from '../api/terms.ts';
import type { Finding, WorkerAssessment } from '../api/worker-assessment.ts';
import { DIMENSION_RUBRIC } from '../judge/rubric.ts';
import { isKnown } from './known.ts';
import { lowScores } from './least-scores.ts';
import { policyNote, policyNoteOfAll } from './policy-note.ts';
import { agreedGrade, type Scores, scores, WORST } from './score.ts';
import { afterSecondLook, decisiveAmong, type Stood } from './second-look.ts';
import { isAtStake, isSerious, isSuppressed, standingOf } from './standing.ts';
import { unshownReasons, withUnshownAlone } from './unshown.ts';

type Decided = 'verdict' | 'reason' | 'excusable' | 'findings' | keyof Scores;
/** A worker's assessment before any gate was applied to it. */
export type Ungated = Omit<WorkerAssessment, Decided> & {
  findings: readonly Omit<Finding, 'known' | 'gating' | 'doubt'>[];
};
type Scored = Omit<Ungated, 'findings'> & Scores & { findings: Finding[] };

/** The policy with its defaults. */
export function applyDefaults(gate: GatePolicy = {}): AppliedGate {
  return {
    failOn: gate.failOn ?? DEFAULT_GATE.failOn,
    minScore: gate.minScore ?? null,
    minScores: given(gate.minScores ?? {}),
    minAgreement: gate.minAgreement ?? DEFAULT_GATE.minAgreement,
    scope: gate.scope ?? DEFAULT_GATE.scope,
    newOnly: gate.newOnly ?? gate.baseline !== undefined,
    allowNewSuppressions: gate.allowNewSuppressions ?? DEFAULT_GATE.allowNewSuppressions,
    onError: gate.onError ?? DEFAULT_GATE.onError,
    nothingToJudge: gate.nothingToJudge ?? DEFAULT_GATE.nothingToJudge,
    unshown: gate.unshown ?? DEFAULT_GATE.unshown,
  };
}

/**
 * The one place where a verdict is reached; every report prints what is decided here. A worker with a gating finding or
 * too low a score fails; one that could not be judged, or leaves a doubt, is inconclusive; one that holds nothing to judge
 * has a verdict of its own; and any other passes.
 */
export function decide(ungated: Ungated, policy: GatePolicy = {}): WorkerAssessment {
  const gate = applyDefaults(policy);
  const worker = withUnshownAlone(ungated, gate);
  const stood = standingsOf(worker, policy, gate);
  const decisive = worker.verifier === null ? new Set<Stood>() : decisiveAmong(stood, worker, gate);
  const standings = stood.map((one) => {
    const { finding, standing } = one;
    const { counts, gating, doubt } = decisive.has(one) ? afterSecondLook(standing, finding.verification) : standing;
    return { counts, finding: { ...finding, gating, doubt } };
  });
  const findings = standings.map(({ finding }) => finding);
  const counting = standings.filter(({ counts }) => counts).map(({ finding }) => finding);
  const scored = { ...worker, findings, ...scores(worker.grades, counting, gate.minAgreement) };
  const reached = worker.nothingToJudge === null ? verdictOf(scored, gate) : verdictOfNothing(worker, gate);
  return { ...scored, ...reached, reason: `${reached.reason}${policyNote(worker.policyChanges)}` };
}

/** The findings that the verdict rests on, and a second look is to be taken at. */
export function decisiveFindings(worker: Ungated, policy: GatePolicy = {}): Ungated['findings'] {
  const gate = applyDefaults(policy);
  return [...decisiveAmong(standingsOf(worker, policy, gate), worker, gate)].map(({ finding }) => finding);
}

function standingsOf({ findings, evidence }: Ungated, { baseline = [] }: GatePolicy, gate: AppliedGate): Stood[] {
  const isAmongKnown = isKnown(findings, baseline, evidence.renames);
  return findings.map((one) => {
    const finding = { ...one, known: isAmongKnown(one) };
    return { finding, standing: standingOf(finding, gate) };
  });
}

/** Any worker that fails fails the whole; else any that could not be judged makes it inconclusive; else one pass is enough. */
export function decideAll(
  workers: readonly WorkerAssessment[],
): Pick<AssessmentResult, 'success' | 'verdict' | 'reason'> {
  const ids = (verdict: Verdict) =>
    workers.filter((worker) => worker.verdict === verdict).map(({ workerId }) => workerId);
  const failed = ids('fail');
  const unjudged = ids('inconclusive');
  const empty = ids('nothing_to_judge');
  const success = workers.length > 0 && unjudged.length === 0 && workers.every(({ error }) => error === undefined);
  const also = unjudged.length > 0 ? `; not judged: ${unjudged.join(', ')}` : '';
  const note = policyNoteOfAll(workers);
  if (failed.length > 0) return { success, verdict: 'fail', reason: `fails: ${failed.join(', ')}${also}${note}` };
  if (!success) {
    return { success, verdict: 'inconclusive', reason: `could not be judged: ${unjudged.join(', ')}${note}` };
  }
  if (empty.length === workers.length) {
    return { success, verdict: 'nothing_to_judge', reason: `nothing to judge in ${empty.join(', ')}${note}` };
  }
  const beside = empty.length > 0 ? `; nothing to judge in ${empty.join(', ')}` : '';
  return { success, verdict: 'pass', reason: `${ids('pass').length} of ${workers.length} pass${beside}${note}` };
}

/**
 * What a process that gates on a result exits with: 0 pass and nothing to judge, 1 fail, 3 inconclusive. Under
 * `onError: 'pass'` inconclusive is 0 where nothing but the judging failed.
 * @example
 * ```ts
 * const result = await assessWorkers(['auth']);
 * process.exitCode = exitCodeOf(result);
 * ```
 */
export function exitCodeOf(result: Pick<AssessmentResult, 'verdict' | 'gate' | 'workers'>): 0 | 1 | 3 {
  if (result.verdict === 'inconclusive') return isLetThrough(result) ? 0 : 3;
  return isOpen(result.verdict) ? 0 : 1;
}

/** Whether a gate is open with a verdict: there is nothing against the work. */
export function isOpen(verdict: Verdict): boolean {
  return verdict === 'pass' || verdict === 'nothing_to_judge';
}

/** Whether `onError: 'pass'` makes an inconclusive result's exit code 0. */
export function isLetThrough({
  verdict,
  gate,
  workers,
}: Pick<AssessmentResult, 'verdict' | 'gate' | 'workers'>): boolean {
  const unjudged = workers.filter((worker) => !isOpen(worker.verdict));
  const open = verdict === 'inconclusive' && gate.onError === 'pass';
  return open && unjudged.length > 0 && unjudged.every(({ excusable }) => excusable === true);
}

type Reached = Pick<WorkerAssessment, 'verdict' | 'reason' | 'excusable'>;

/** A change of the gate's own policy is never nothing, whoever has excluded it. */
function verdictOfNothing({ nothingToJudge, policyChanges }: Ungated, gate: AppliedGate): Reached {
  const wanted = policyChanges.length > 0 && gate.nothingToJudge === 'pass' ? 'inconclusive' : gate.nothingToJudge;
  const verdict = wanted === 'pass' ? 'nothing_to_judge' : wanted;
  return { verdict, reason: `there is nothing to judge: ${nothingToJudge}`, excusable: false };
}

function verdictOf(worker: Scored, gate: AppliedGate): Reached {
  const { findings, error } = worker;
  const gating = findings.filter((finding) => finding.gating);
  const low = lowScores(worker, gate);
  // A sample that is missing may have raised a score; it cannot take a finding away.
  const below = error === undefined ? low.below : [];
  const unshown = unshownReasons(worker, gate);
  if (gating.length > 0 || below.length > 0 || unshown.failing.length > 0) {
    const found = gating.length > 0 ? [`${counted(gating.length, 'finding')} at or above ${gate.failOn}`] : [];
    const also = error === undefined ? [] : [`not all of it could be judged: ${error.message}`];
    const reasons = [...found, ...below, ...unshown.failing, ...also];
    return { verdict: 'fail', reason: reasons.join('; '), excusable: false };
  }
  const unjudged = error === undefined ? missingScores(worker, low.missing) : [error.message];
  const unborne = [...unshownCriteria(worker, gate), ...unshownGrades(worker, gate)];
  const doubts = [...doubtful(findings), ...unborne, ...unshown.doubts];
  if (unjudged.length > 0 || doubts.length > 0) {
    const wasFound = doubts.length > 0 || findings.some((finding) => isAtStake(finding, gate));
    const isJudgings = error === undefined || !WORKER_ERRORS_OF_THE_WORK.has(error.code);
    return { verdict: 'inconclusive', reason: [...unjudged, ...doubts].join('; '), excusable: !wasFound && isJudgings };
  }
  const reason = findings.length === 0 ? 'no findings' : `${counted(findings.length, 'finding')}, none gating`;
  return { verdict: 'pass', reason, excusable: false };
}

/** Without one score nothing of the work was judged. */
function missingScores({ overallScore, grades }: Scored, missing: readonly string[]): string[] {
  if (overallScore !== null) return [...missing];
  const why = [...new Set(DIMENSIONS.flatMap((name) => grades[name].missing ?? []))];
  return [`there is no score: ${why.join(' ')}`, ...missing];
}

function doubtful(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ doubt, worstSeverity, rule, file, startLine }) =>
    doubt === null ? [] : [`in doubt: ${worstSeverity} ${rule} in ${file}:${startLine} (${doubt})`],
  );
}

/** Criteria that enough samples call not met without a line that shows it: of the work, when it is bad enough to fail. */
function unshownCriteria({ rubric, findings }: Scored, gate: AppliedGate): string[] {
  if (gate.failOn === 'never') return [];
  return rubric.flatMap(({ id, outcome, notMetIn, severity }) => {
    const isSeriouslyUnmet = isSerious(severity, gate);
    if (notMetIn < gate.minAgreement || (outcome !== 'not_met' && !isSeriouslyUnmet)) return [];
    const shown = findings.filter(({ rule, verified }) => rule === id && verified);
    if (shown.length === 0) return [`not met by the judge's word, shown by no line: ${id}`];
    const isExplained = shown.some((one) => one.gating || one.known || one.doubt !== null || isSuppressed(one, gate));
    if (isExplained || !isSeriouslyUnmet) return [];
    return [`not met, shown by no line that the work touched: ${id}`];
  });
}

/** Dimensions that the judge calls as bad as can be without one finding to show it. */
function unshownGrades({ grades, findings }: Scored, gate: AppliedGate): string[] {
  if (gate.failOn === 'never') return [];
  const isShown = (name: Dimension) =>
    findings.some(({ category, verified }) => verified && category === DIMENSION_RUBRIC[name].category);
  const names = DIMENSIONS.filter(
    (name) => agreedGrade(grades[name], gate.minAgreement)?.level === WORST && !isShown(name),
  );
  return names.length === 0 ? [] : [`${WORST} by the judge's word, shown by no finding: ${names.join(', ')}`];
}
