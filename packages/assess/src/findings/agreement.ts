import { Severity } from '../result.ts';
import { byPlace } from './fingerprint.ts';
import type { CheckedFinding } from './verify-findings.ts';

/** A finding of several samples: how many of them have it. */
export type AgreedFinding = CheckedFinding & { agreement: number };

/**
 * Findings of all samples, those that are the same taken together: of one category, in one file, at lines that meet. Of
 * a group the first sample's stands, with the group's middle severity (the worse one of two).
 */
export function agree(samples: readonly (readonly CheckedFinding[])[]): AgreedFinding[] {
  const groups: { sample: number; finding: CheckedFinding }[][] = [];
  for (const [sample, findings] of samples.entries()) {
    const open = groups.filter((group) => group.every((member) => member.sample !== sample));
    for (const finding of [...findings].sort(byPlace)) {
      const at = open.findIndex((group) => group.some((member) => isSame(member.finding, finding)));
      const [group] = at === -1 ? [] : open.splice(at, 1);
      if (group === undefined) groups.push([{ sample, finding }]);
      else group.push({ sample, finding });
    }
  }
  return groups.flatMap((group) => {
    const members = group.map(({ finding }) => finding);
    const stands = members.find(({ verified }) => verified) ?? members[0];
    return stands === undefined ? [] : [{ ...stands, severity: middle(members), agreement: members.length }];
  });
}

function isSame(a: CheckedFinding, b: CheckedFinding): boolean {
  if (a.category !== b.category || a.file !== b.file || a.verified !== b.verified) return false;
  return a.startLine <= b.endLine && b.startLine <= a.endLine;
}

function middle(members: readonly CheckedFinding[]): Severity {
  const ranks = members.map(({ severity }) => Severity.options.indexOf(severity)).sort((a, b) => a - b);
  return Severity.options[ranks[Math.floor((ranks.length - 1) / 2)] ?? 0] ?? 'critical';
}
