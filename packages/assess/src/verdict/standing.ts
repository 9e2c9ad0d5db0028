import type { AppliedGate } from '../api/result.ts';
import { type Severity, severityRank } from '../api/terms.ts';
import type { Finding } from '../api/worker-assessment.ts';

/** A finding that no gate has looked at yet, but for whether the baseline has it. */
export type Undecided = Omit<Finding, 'gating' | 'doubt'>;

/** What a finding does under a policy. */
export interface Standing {
  /** It is sure, agreed on, new and within the scope: it lowers the scores. */
  counts: boolean;
  /** It fails the gate. */
  gating: boolean;
  /** Why the worker cannot pass with it all the same; null: it can. */
  doubt: string | null;
}

const NONE: Standing = { counts: false, gating: false, doubt: null };

/**
 * A finding that counts and is bad enough fails the gate. One that would if more were known of it (where its quote is,
 * whether the work brought it, whether the samples that miss it are right) leaves the worker inconclusive.
 */
export function standingOf(finding: Undecided, gate: AppliedGate): Standing {
  if (isSuppressed(finding, gate) || !concerns(finding, gate)) return NONE;
  const place = finding.verified ? placeOf(finding, gate) : 'in scope';
  const isAgreed = finding.agreement >= gate.minAgreement;
  const counts = finding.verified && place === 'in scope' && isAgreed;
  const gating = counts && isSerious(finding.severity, gate);
  if (gating && finding.suppression?.state === 'of_base_on_changed_lines') {
    return {
      counts: false,
      gating: false,
      doubt: 'a comment lets it be, and the work changed the lines that it is about',
    };
  }
  if (gating) return { counts, gating, doubt: null };
  return { counts, gating, doubt: doubtOf(finding, place, isAgreed, gate) };
}

/** Whether a comment lets it be: of the base, on lines that are as they were there, or any, where new ones are allowed. */
export function isSuppressed({ suppression }: Pick<Undecided, 'suppression'>, gate: AppliedGate): boolean {
  return suppression !== null && (suppression.state === 'of_base' || gate.allowNewSuppressions);
}

/** Whether anybody in any sample found it, in a place that the gate looks at, bad enough to fail. */
export function isAtStake(finding: Undecided, gate: AppliedGate): boolean {
  return !isSuppressed(finding, gate) && concerns(finding, gate) && isSerious(finding.worstSeverity, gate);
}

/** Whether a severity is one that fails. */
export function isSerious(severity: Severity, { failOn }: AppliedGate): boolean {
  return failOn !== 'never' && severityRank(severity) <= severityRank(failOn);
}

function concerns(finding: Undecided, gate: AppliedGate): boolean {
  if (gate.newOnly && finding.known) return false;
  return !finding.verified || placeOf(finding, gate) !== 'out of scope';
}

type Place = 'in scope' | 'out of scope' | 'unclear';

/** A line that is gone fails nothing for what it said; that it is gone may. */
function placeOf({ change, origin }: Undecided, { scope }: AppliedGate): Place {
  if (change === 'added' || change === 'changed' || origin === 'introduced') return 'in scope';
  if (change === 'removed') return origin === 'mended' ? 'out of scope' : 'unclear';
  if (scope === 'all') return 'in scope';
  return origin === null ? 'unclear' : 'out of scope';
}

/** Of what too few samples have, or most call mild, only what one calls critical is kept from passing: the rest is noise. */
function doubtOf(finding: Undecided, place: Place, isAgreed: boolean, gate: AppliedGate): string | null {
  const { severity, worstSeverity, verified, agreement, file } = finding;
  const isCritical = worstSeverity === 'critical' && isSerious(worstSeverity, gate);
  if (!isCritical && !(isAgreed && isSerious(severity, gate))) return null;
  const reasons = [
    ...(verified ? [] : [`its quote is not found in ${file}`]),
    ...(place === 'unclear' ? ['it may be mended or brought about by what was removed there'] : []),
    ...(isAgreed ? [] : [`only ${agreement} of the ${gate.minAgreement} samples that are asked for have it`]),
    ...(isSerious(severity, gate) ? [] : [`a sample calls it ${worstSeverity}, most call it ${severity}`]),
  ];
  return reasons.join('; ');
}
