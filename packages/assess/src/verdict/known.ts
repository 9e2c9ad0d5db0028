import type { BaselineFinding } from '../api/baseline.ts';
import type { Finding, Rename } from '../api/worker-assessment.ts';
import { type Recognizable, recognize } from '../findings/same-findings.ts';

/** The findings that a baseline has, each with its entry. Nothing of what such a finding points at is new. */
export function knownAmong<F extends Recognizable>(
  findings: readonly F[],
  baseline: readonly BaselineFinding[],
  renames: readonly Rename[],
): Map<F, BaselineFinding> {
  return recognize(baseline, findings, renames, 'every line');
}

/** Whether each finding is in a baseline; entries that are ids know nothing else. */
export function isKnown(
  findings: readonly Omit<Finding, 'known' | 'gating' | 'doubt'>[],
  baseline: readonly (string | BaselineFinding)[],
  renames: readonly Rename[],
): (finding: Omit<Finding, 'known' | 'gating' | 'doubt'>) => boolean {
  const entries = baseline.filter((entry) => typeof entry !== 'string');
  const ids = new Set(baseline.filter((entry) => typeof entry === 'string'));
  const known = knownAmong(findings, entries, renames);
  return (finding) => ids.has(finding.id) || known.has(finding);
}
