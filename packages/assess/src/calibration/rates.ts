import type { CalibrationResult, FindingRates } from '../api/calibration.ts';
import { Severity } from '../api/terms.ts';
import { isOneFamily } from '../findings/substance.ts';
import type { Matched, MatchedFinding } from './match.ts';
import { proportion } from './statistics.ts';

type Judged = { label: { rule: string; severity: Severity }; finding: unknown };

/** Recall and precision of all findings, by rule and by severity. */
export function ratesOf(works: readonly Matched[]): Pick<CalibrationResult, 'overall' | 'rules' | 'severities'> {
  const findings = works.flatMap((work) => work.findings);
  const defects = works.flatMap((work) => work.defects);
  const labelled = [...new Set(defects.map(({ label }) => label.rule))];
  const ruleOf = (found: MatchedFinding) => ruleAmong(labelled, found);
  const rules = new Set([...labelled, ...findings.filter(isSpokenOf).map(ruleOf)]);
  return {
    overall: rates(defects, findings),
    rules: [...rules].sort().map((rule) => ({
      rule,
      ...rates(
        defects.filter(({ label }) => label.rule === rule),
        findings.filter((found) => ruleOf(found) === rule),
      ),
    })),
    severities: Severity.options.map((severity) => ({
      severity,
      ...rates(
        defects.filter(({ label }) => label.severity === severity),
        findings.filter(({ finding }) => finding.severity === severity),
      ),
    })),
  };
}

/** Precision of findings that are spoken of: a finding that no label knows says nothing. */
export function precisionOf(findings: readonly MatchedFinding[]): FindingRates['precision'] {
  const spoken = findings.filter(isSpokenOf);
  return proportion(spoken.filter(({ defect }) => defect !== null).length, spoken.length);
}

function rates(defects: readonly Judged[], findings: readonly MatchedFinding[]): FindingRates {
  const found = defects.filter(({ finding }) => finding !== null).length;
  return { recall: proportion(found, defects.length), precision: precisionOf(findings) };
}

function isSpokenOf({ defect, clean }: MatchedFinding): boolean {
  return defect !== null || clean !== null;
}

/** The rule that a finding counts for: that of its label, or a labelled one of its family. */
function ruleAmong(labelled: readonly string[], { finding, defect, clean }: MatchedFinding): string {
  const { rule } = finding;
  return (
    defect?.rule ??
    clean?.rule ??
    labelled.find((one) => one === rule) ??
    labelled.find((one) => isOneFamily(one, rule)) ??
    rule
  );
}
