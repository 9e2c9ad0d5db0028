import type { WorkerError } from '../api/errors.ts';
import type { Criterion } from '../api/options.ts';
import type {
  AssessmentErrorInfo,
  CriterionOutcome,
  Provenance,
  Rename,
  WorkerAssessment,
} from '../api/worker-assessment.ts';
import type { Collection, Evidence } from '../evidence/document.ts';
import { Pace } from '../evidence/pace.ts';
import { type AgreedFinding, agree } from '../findings/agreement.ts';
import { withFingerprints } from '../findings/fingerprint.ts';
import { type Before, sinceBefore } from '../findings/previous.ts';
import { suppressionsOf } from '../findings/suppressions.ts';
import { type CheckedFinding, verifyFindings } from '../findings/verify-findings.ts';
import type { JudgeAnswer } from '../judge/answer.ts';
import type { Judged } from '../judge/judge-worker.ts';
import type { Sample } from '../judge/sample.ts';
import { gradesOf, noGrades } from './score.ts';
import type { Ungated } from './verdict.ts';

/** What is made of evidence and samples alone. */
export type Assessed = Omit<Ungated, 'policyChanges' | 'gone' | 'findings'> & {
  findings: readonly Omit<Ungated['findings'][number], 'since'>[];
};

/** What was collected of a worker before it was judged. */
export interface Collected {
  evidence: Evidence;
  /** Characters of the judge's whole context. */
  chars: number;
}

/**
 * A judged worker: from evidence and answers alone, so that a judgement from the cache gives the same. Of an answer that
 * was refused the findings stand, and nothing else.
 */
export async function judgedAssessment(
  workerId: string,
  collected: Collected,
  { samples, refused, unread, error }: Judged,
  criteria: readonly Criterion[],
): Promise<Assessed> {
  const answers = [...samples.map(({ answer }) => answer), ...refused];
  // What was found is told whoever is aborted meanwhile.
  const pace = new Pace();
  const agreed = await findingsOf(answers, collected.evidence, criteria, pace);
  const marked = await suppressionsOf(agreed, collected.evidence.documents, pace);
  const coverage = samples.length === 0 ? null : Math.min(...samples.map((sample) => sample.coverage));
  return {
    workerId,
    grades:
      samples.length === 0 ? noGrades('It could not be judged.') : gradesOf(samples, collected.evidence.documents),
    findings: withFingerprints(marked.findings).map((finding) => ({ ...finding, verification: null })),
    suppressions: marked.suppressions,
    provenance: collected.evidence.provenance,
    rubric: samples.length === 0 ? [] : criteria.map((criterion) => outcomeOf(criterion, samples)),
    summary: samples[0]?.answer.summary ?? '',
    evidence: { ...evidenceSummary(collected), coverage, unread: [...unread] },
    samples: answers.length,
    verifier: null,
    nothingToJudge: null,
    ...(error !== null && { error }),
  };
}

/** A worker's assessment beside that of the same worker before. */
export function comparedWith(
  before: Before | null,
  assessed: Assessed,
  evidence: Evidence | null,
  renames: readonly Rename[],
): Assessed & Pick<Ungated, 'findings' | 'gone'> {
  const { findings, error, evidence: shown } = assessed;
  const isJudged = error === undefined;
  const compared = sinceBefore(before, { findings, evidence, renames, unread: shown.unread, isJudged });
  return { ...assessed, ...compared, evidence: { ...shown, renames: [...renames] } };
}

/** A worker that could not be judged, with what is known of it; `found`: which work it was, where nothing of it is shown. */
export function unjudgedAssessment(
  workerId: string,
  collected: Collected | null,
  error: AssessmentErrorInfo,
  found: Pick<WorkerError, 'provenance' | 'omitted'> | null = null,
): Assessed {
  const evidence = evidenceSummary(collected);
  return {
    ...unheard(workerId, collected?.evidence.provenance ?? found?.provenance ?? null),
    evidence: collected === null ? { ...evidence, omitted: [...(found?.omitted ?? [])] } : evidence,
    error,
  };
}

/** A worker that holds nothing to judge: no model was shown anything of it. */
export function emptyAssessment(workerId: string, { omitted, provenance, nothingToJudge }: Evidence): Assessed {
  const grades = noGrades('There is nothing to judge.');
  return {
    ...unheard(workerId, provenance),
    grades,
    evidence: { ...evidenceSummary(null), omitted: [...omitted] },
    nothingToJudge,
  };
}

/** A worker that no model has judged. */
function unheard(workerId: string, provenance: Provenance | null): Assessed {
  return {
    workerId,
    grades: noGrades('It could not be judged.'),
    provenance,
    findings: [],
    suppressions: [],
    rubric: [],
    summary: '',
    evidence: evidenceSummary(null),
    samples: 0,
    verifier: null,
    nothingToJudge: null,
  };
}

async function findingsOf(
  answers: readonly JudgeAnswer[],
  { documents }: Evidence,
  criteria: readonly Criterion[],
  pace: Pace,
): Promise<AgreedFinding[]> {
  const severities = new Map(criteria.map(({ id, severity }) => [id, severity]));
  const checked: CheckedFinding[][] = [];
  for (const answer of answers) {
    // A criterion's severity is the caller's to say.
    const findings = answer.findings.map((one) => ({ ...one, severity: severities.get(one.rule) ?? one.severity }));
    checked.push(await verifyFindings(findings, documents, pace));
  }
  const notMet = answers.map((answer) =>
    criteria.filter(({ id }) => answer.criteria[id]?.outcome === 'not_met').map(({ id }) => id),
  );
  return agree(checked, notMet);
}

function evidenceSummary(collected: Collected | null): WorkerAssessment['evidence'] {
  const { documents = [], omitted = [] }: Partial<Collection> = collected?.evidence ?? {};
  const moved = documents.find(({ kind }) => kind === 'moves')?.lines.length ?? 0;
  const files = documents.filter(({ kind }) => kind === 'file').length + moved;
  return {
    files,
    chars: collected?.chars ?? 0,
    coverage: null,
    omitted: [...omitted],
    documents: documents.map(({ name }) => name),
    unread: [],
    partial: documents.filter(({ isPartial }) => isPartial === true).map(({ name }) => name),
    renames: [],
  };
}

/** Not met where at least half of the samples say so. */
function outcomeOf({ id, question, severity }: Criterion, samples: readonly Sample[]): CriterionOutcome {
  const given = samples.flatMap(({ answer }) => answer.criteria[id] ?? []);
  const count = (wanted: CriterionOutcome['outcome']) => given.filter(({ outcome }) => outcome === wanted).length;
  const notMetIn = count('not_met');
  const outcome =
    notMetIn * 2 >= given.length ? 'not_met' : count('met') >= count('not_applicable') ? 'met' : 'not_applicable';
  const reason = given.find((one) => one.outcome === outcome)?.reason ?? '';
  return { id, question, severity, outcome, notMetIn, reason };
}
