import type { AssessmentResult } from '../api/result.ts';
import { severityRank } from '../api/terms.ts';
import type { Finding, WorkerAssessment } from '../api/worker-assessment.ts';

// Whoever shows only the first findings, as GitHub does, must have shown the worst.

/** The findings of a worker: what fails the gate, then by severity, what is verified before what is not, then by place. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(byWeight);
}

/** The findings of all workers in one such order, each with its worker; equal ones in the order of the workers. */
export function allFindings({ workers }: AssessmentResult): { worker: WorkerAssessment; finding: Finding }[] {
  return workers
    .flatMap((worker) => worker.findings.map((finding) => ({ worker, finding })))
    .sort((a, b) => byWeight(a.finding, b.finding));
}

function byWeight(a: Finding, b: Finding): number {
  return (
    Number(b.gating) - Number(a.gating) ||
    severityRank(a.severity) - severityRank(b.severity) ||
    Number(b.verified) - Number(a.verified)
  );
}
