import type { Evidence } from './evidence/document.ts';
import { agree } from './findings/agreement.ts';
import { withFingerprints } from './findings/fingerprint.ts';
import { verifyFindings } from './findings/verify-findings.ts';
import type { Sample } from './judge/sample.ts';
import type { AssessmentErrorInfo, CriterionOutcome, WorkerAssessment } from './result.ts';
import { noScores, scores } from './score.ts';
import type { Criterion } from './types.ts';
import type { Ungated } from './verdict.ts';

/** What is made of evidence and samples alone. */
type Assessed = Omit<Ungated, 'policyChanges'>;

/** What was collected of a worker before it was judged. */
export interface Collected {
  evidence: Evidence;
  /** Characters of the judge's whole context. */
  chars: number;
}

/** A judged worker: from evidence and samples alone, so that a judgement from the cache gives the same. */
export function judgedAssessment(
  workerId: string,
  { evidence, chars }: Collected,
  samples: readonly Sample[],
  criteria: readonly Criterion[],
): Assessed {
  const { documents } = evidence;
  const severities = new Map(criteria.map(({ id, severity }) => [id, severity]));
  const checked = samples.map(({ answer }) => {
    // A criterion's severity is the caller's to say.
    const findings = answer.findings.map((one) => ({ ...one, severity: severities.get(one.rule) ?? one.severity }));
    return verifyFindings(findings, documents);
  });
  const findings = withFingerprints(agree(checked));
  return {
    workerId,
    ...scores(samples, findings, documents),
    findings,
    rubric: criteria.map((criterion) => outcomeOf(criterion, samples)),
    summary: samples[0]?.answer.summary ?? '',
    evidence: {
      ...evidenceSummary({ evidence, chars }),
      coverage: Math.min(...samples.map(({ coverage }) => coverage)),
    },
    samples: samples.length,
  };
}

/** A worker that could not be judged, with what is known of its evidence. */
export function unjudgedAssessment(
  workerId: string,
  collected: Collected | null,
  error: AssessmentErrorInfo,
): Assessed {
  return {
    workerId,
    ...noScores('It could not be judged.'),
    findings: [],
    rubric: [],
    summary: '',
    evidence: collected === null ? { files: 0, chars: 0, coverage: null, omitted: [] } : evidenceSummary(collected),
    samples: 0,
    error,
  };
}

function evidenceSummary({ evidence, chars }: Collected): WorkerAssessment['evidence'] {
  const files = evidence.documents.filter(({ kind }) => kind === 'file').length;
  return { files, chars, coverage: null, omitted: [...evidence.omitted] };
}

/** Not met where at least half of the samples say so. */
function outcomeOf({ id, question }: Criterion, samples: readonly Sample[]): CriterionOutcome {
  const given = samples.flatMap(({ answer }) => answer.criteria[id] ?? []);
  const count = (wanted: CriterionOutcome['outcome']) => given.filter(({ outcome }) => outcome === wanted).length;
  const outcome =
    count('not_met') * 2 >= given.length
      ? 'not_met'
      : count('met') >= count('not_applicable')
        ? 'met'
        : 'not_applicable';
  const reason = given.find((one) => one.outcome === outcome)?.reason ?? '';
  return { id, question, outcome, reason };
}
