import { counted } from '@rlm-bridge/text';
import type { AssessmentResult } from '../api/result.ts';
import { severityRank } from '../api/terms.ts';
import type { WorkerAssessment } from '../api/worker-assessment.ts';

const MOST = 10;

/** What the workers' verified findings have in common, computed from them; no model writes it. */
export function aggregate(workers: readonly WorkerAssessment[]): AssessmentResult['aggregateFindings'] {
  const found = workers.flatMap(({ workerId, findings }) => findings.map((finding) => ({ ...finding, workerId })));
  const verified = found.filter((finding) => finding.verified);
  const byRule = Map.groupBy(verified, ({ rule }) => rule);
  const repeated = [...byRule].filter(([, findings]) => findings.length > 1).sort(byCountThenName);
  const worst = verified
    .filter(({ suggestion, severity }) => suggestion !== undefined && severity !== 'low')
    .sort((a, b) => severityRank(a.severity) - severityRank(b.severity));
  return {
    totalIssues: found.length,
    criticalIssues: verified.filter(({ severity }) => severity === 'critical').length,
    commonPatterns: repeated.slice(0, MOST).map(([rule, findings]) => describePattern(rule, findings)),
    recommendations: [
      ...new Set(worst.map(({ file, startLine, suggestion }) => `${file}:${startLine}: ${suggestion}`)),
    ].slice(0, MOST),
  };
}

function describePattern(rule: string, findings: readonly { workerId: string; file: string }[]): string {
  const files = new Set(findings.map(({ file }) => file)).size;
  const workers = new Set(findings.map(({ workerId }) => workerId)).size;
  return `${rule}: ${counted(findings.length, 'finding')} in ${counted(files, 'file')} of ${counted(workers, 'worker')}`;
}

function byCountThenName([a, as]: [string, unknown[]], [b, bs]: [string, unknown[]]): number {
  return bs.length - as.length || (a < b ? -1 : 1);
}
