import { createHash } from 'node:crypto';
import type { AssessmentResult } from '../api/result.ts';
import type { Severity } from '../api/terms.ts';
import type { Finding, WorkerAssessment } from '../api/worker-assessment.ts';
import { isOpen } from '../verdict/verdict.ts';
import { findingText, pathOf, sourceLine, toJson, workerLine } from './common.ts';
import { allFindings } from './worst-first.ts';

type GitLabSeverity = 'info' | 'minor' | 'major' | 'critical' | 'blocker';

interface Issue {
  description: string;
  content: { body: string };
  check_name: string;
  fingerprint: string;
  severity: GitLabSeverity;
  location: { path: string; lines: { begin: number } };
}

const SEVERITIES: Record<Severity, GitLabSeverity> = {
  critical: 'critical',
  high: 'major',
  medium: 'minor',
  low: 'info',
};

/** GitLab's Code Quality report. What fails the gate is a blocker; a worker that does not pass, or touches the gate's policy, is an issue of its own. */
export function toGitLab(result: AssessmentResult): string {
  const verdicts = result.workers
    .filter(({ verdict, policyChanges }) => verdict !== 'pass' || policyChanges.length > 0)
    .map(verdictIssue);
  return toJson([...verdicts, ...allFindings(result).map(({ worker, finding }) => issueOf(worker, finding))]);
}

function issueOf(worker: WorkerAssessment, finding: Finding): Issue {
  const { workerId, samples } = worker;
  return {
    description: findingText(finding, samples),
    content: { body: sourceLine(worker) },
    check_name: finding.rule,
    fingerprint: fingerprint(workerId, finding.id),
    severity: severityOf(finding),
    location: { path: pathOf(finding), lines: { begin: finding.startLine } },
  };
}

function severityOf({ gating, doubt, verified, severity }: Finding): GitLabSeverity {
  if (gating) return 'blocker';
  return verified || doubt !== null ? SEVERITIES[severity] : 'info';
}

/** Without it, work that could not be judged would look like work without a fault. */
function verdictIssue(worker: WorkerAssessment): Issue {
  return {
    description: workerLine(worker),
    content: { body: sourceLine(worker) },
    check_name: `rlm-verdict-${worker.verdict}`,
    fingerprint: fingerprint(worker.workerId, 'verdict'),
    severity: isOpen(worker.verdict) ? 'info' : 'blocker',
    location: { path: 'evidence/verdict', lines: { begin: 1 } },
  };
}

function fingerprint(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
