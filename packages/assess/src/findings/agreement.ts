import { type Origin, Severity, severityRank } from '../api/terms.ts';
import { byPlace } from './fingerprint.ts';
import { isSaidAlike, likeness, type Substance, substanceOf } from './substance.ts';
import type { CheckedFinding } from './verify-findings.ts';

/** A finding of several samples: how many of them have it, and the worst that one of them gave it. */
export type AgreedFinding = CheckedFinding & { agreement: number; worstSeverity: Severity };

interface Member {
  sample: number;
  finding: CheckedFinding;
  substance: Substance;
}

/** Lines that may lie between two findings of one place. */
const NEAR = 2;
const ORIGINS_WORST_FIRST = ['introduced', null, 'existing', 'mended'] as const;

/**
 * Findings of all samples, those that are the same taken together: in one file, at lines that meet or nearly do, and about
 * the same, whatever they are labelled (see {@link likeness}). Two of one sample are never one. Of a group the first
 * sample's stands, with the group's middle severity (the worse one of two).
 *
 * Agreement counts the samples of a group, and those that say the same of these lines word for word under another name,
 * which stays a finding of its own. A criterion may be shown at another place by each sample: its findings count
 * the samples that call it not met.
 * @param notMet The criteria that each sample calls not met.
 */
export function agree(
  samples: readonly (readonly CheckedFinding[])[],
  notMet: readonly (readonly string[])[] = [],
): AgreedFinding[] {
  const all = samples.flatMap((findings, sample) =>
    [...findings].sort(byPlace).map((finding) => ({ sample, finding, substance: substanceOf(finding) })),
  );
  return groupsOf(all).flatMap((group) => {
    const { finding } = group.find((member) => member.finding.verified) ?? group[0] ?? {};
    if (finding === undefined) return [];
    const unmet = notMet.filter((criteria) => criteria.includes(finding.rule)).length;
    const ranks = group.map((member) => severityRank(member.finding.severity)).sort((a, b) => a - b);
    const severity = severityAt(ranks[Math.floor((ranks.length - 1) / 2)]);
    const voices = new Set(
      all.filter((one) => group.some((member) => isOneVoice(member, one))).map(({ sample }) => sample),
    );
    const agreed = { severity, worstSeverity: severityAt(ranks[0]), agreement: Math.max(voices.size, unmet) };
    return [{ ...finding, ...agreed, origin: originOf(group) }];
  });
}

interface Pair {
  a: Member;
  b: Member;
  /** How surely they are one, and how many lines lie between them. */
  likeness: number;
  gap: number;
}

/** Findings of two samples that are one, the surest first. */
function likePairs(all: readonly Member[]): Pair[] {
  const pairs: Pair[] = [];
  for (const [at, a] of all.entries()) {
    for (let next = at + 1; next < all.length; next++) {
      const b = all[next] ?? a;
      const away = gap(a.finding, b.finding);
      if (a.sample === b.sample || away > NEAR + 1 || a.finding.file !== b.finding.file) continue;
      // What is verified and what is not are two.
      const sure = a.finding.verified === b.finding.verified ? likeness(a.substance, b.substance) : 0;
      if (sure > 0) pairs.push({ a, b, likeness: sure, gap: away });
    }
  }
  return pairs.sort((one, other) => other.likeness - one.likeness || one.gap - other.gap);
}

/** Joins the surest pairs first, so that none takes another's place; a group has one finding of a sample. */
function groupsOf(all: readonly Member[]): Member[][] {
  const groups = new Map(all.map((member) => [member, [member]]));
  for (const { a, b } of likePairs(all)) {
    const [left, right] = [groups.get(a) ?? [], groups.get(b) ?? []];
    if (left === right || left.some(({ sample }) => right.some((other) => other.sample === sample))) continue;
    const joined = [...left, ...right].sort((one, other) => one.sample - other.sample);
    for (const member of joined) groups.set(member, joined);
  }
  return [...new Set(groups.values())];
}

/** That the work brings a fault in is said once and stands; that it is mended must be said by all. */
function originOf(group: readonly Member[]): Origin | null {
  const given = group.map(({ finding }) => finding.origin);
  return ORIGINS_WORST_FIRST.find((origin) => given.includes(origin)) ?? null;
}

function isOneVoice(a: Member, b: Member): boolean {
  if (a === b) return true;
  if (a.finding.file !== b.finding.file || a.finding.rule === b.finding.rule || gap(a.finding, b.finding) > 0)
    return false;
  return a.finding.verified === b.finding.verified && isSaidAlike(a.substance, b.substance);
}

/** Lines from the one to the other: 0 where they meet, 1 where they are adjacent. */
function gap(a: CheckedFinding, b: CheckedFinding): number {
  return Math.max(a.startLine - b.endLine, b.startLine - a.endLine, 0);
}

function severityAt(rank = 0): Severity {
  return Severity.options[rank] ?? 'critical';
}
