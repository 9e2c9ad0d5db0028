import type { CleanLabel, DefectLabel, Label, LabelPlace } from '../api/calibration.ts';
import type { Finding } from '../api/worker-assessment.ts';
import { isOneFamily } from '../findings/substance.ts';

/** Lines that may lie between a label and a finding that is of it, as between findings of two samples. */
const NEAR = 2;

/** A finding of a labelled work, and what the labels say of it. */
export interface MatchedFinding {
  finding: Finding;
  /** The fault that it is; null: none that is labelled. */
  defect: DefectLabel | null;
  /** The label by which it is false; null: none says so. */
  clean: CleanLabel | null;
}

/** What of one work was found. */
export interface Matched {
  findings: MatchedFinding[];
  /** Every labelled fault, and the finding that has it; null: it was missed. */
  defects: { label: DefectLabel; finding: Finding | null }[];
}

/**
 * Findings of a work held against its labels. A finding is a labelled fault when it is at its place or at most two lines
 * off, and has its rule, one of the same family, or one of its other names. Of several findings of one fault the first is
 * it, and the others are neither right nor false. What is no labelled fault is false where a label says clean.
 */
export function matchFindings(findings: readonly Finding[], labels: readonly Label[]): Matched {
  const defects = labels.filter((label) => label.label === 'defect');
  const cleans = labels.filter((label) => label.label === 'clean');
  const matched = findings.map((finding): MatchedFinding => {
    const defect = defects.find((label) => isOf(finding, label)) ?? null;
    const clean = defect === null ? (cleans.find((label) => isDenied(finding, label)) ?? null) : null;
    return { finding, defect, clean };
  });
  const found = new Set<DefectLabel>();
  const once = matched.filter(({ defect }) => {
    if (defect === null || !found.has(defect)) return defect === null || found.add(defect);
    return false;
  });
  return {
    findings: once,
    defects: defects.map((label) => ({
      label,
      finding: once.find(({ defect }) => defect === label)?.finding ?? null,
    })),
  };
}

function isOf(finding: Finding, label: DefectLabel): boolean {
  const names = [label.rule, ...(label.also ?? [])];
  return (
    [label, ...(label.alsoAt ?? [])].some((place) => isAt(finding, place)) &&
    names.some((name) => isOneFamily(name, finding.rule))
  );
}

function isDenied(finding: Finding, { file, lines, rule }: CleanLabel): boolean {
  if (rule !== undefined && !isOneFamily(rule, finding.rule)) return false;
  if (file === undefined) return true;
  return lines === undefined ? finding.file === file : isAt(finding, { file, lines });
}

function isAt({ file, startLine, endLine }: Finding, { file: labelled, lines: [first, last] }: LabelPlace): boolean {
  return file === labelled && startLine <= last + NEAR + 1 && endLine >= first - NEAR - 1;
}
