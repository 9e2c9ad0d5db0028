import { counted } from '@rlm-bridge/text';
import type { CalibrationResult, MissedDefect, Proportion, StrayFinding } from '../api/calibration.ts';
import { oneLine } from './common.ts';

// What the text and the page of a calibration show in the same words.

/** A table: its title, what a reader must know of it, its heads and its rows. */
export interface CalibrationTable {
  title: string;
  note: string;
  heads: readonly string[];
  rows: readonly (readonly (string | Proportion)[])[];
}

/** The first line: what was judged, by whom. */
export function calibrationLine({ judge, labels }: CalibrationResult): string {
  const looks = judge.verifier === null ? '' : `, second look by ${judge.verifier}`;
  const models = judge.rootModel === judge.subModel ? judge.rootModel : `${judge.rootModel} and ${judge.subModel}`;
  return (
    `${counted(labels.works, 'work')} judged by ${oneLine(models)}${oneLine(looks)}, ${counted(judge.samples, 'sample')}: ` +
    `${counted(labels.defects, 'labelled fault')}, ${counted(labels.clean, 'label')} of what is clean`
  );
}

/** A share as a person reads it: `8 of 10, 80 % (49 to 94)`. */
export function shareText({ hits, of, value, low, high }: Proportion): string {
  if (value === null || low === null || high === null) return 'none';
  const percent = (share: number) => (share * 100).toFixed(0);
  return `${hits} of ${of}, ${percent(value)} % (${percent(low)} to ${percent(high)})`;
}

/** All tables of figures. */
export function calibrationTables(result: CalibrationResult): CalibrationTable[] {
  const { overall, rules, severities, scores, agreement, thresholds, verifier } = result;
  return [
    {
      title: 'Findings',
      note: "Precision: of the findings that a label speaks of, those that are faults. Recall: of the labelled faults, those that were found. In brackets Wilson's 95 % interval.",
      heads: ['', 'precision', 'recall'],
      rows: [
        ['all', overall.precision, overall.recall],
        ...rules.map(({ rule, precision, recall }) => [oneLine(rule), precision, recall]),
        ...severities.map(({ severity, precision, recall }) => [`severity ${severity}`, precision, recall]),
      ],
    },
    {
      title: 'Scores',
      note: `Of the works with such an overall score, those that are sound. ${rankingText(scores.ranking)}`,
      heads: ['score', 'sound'],
      rows: scores.bins.map(({ from, to, sound }) => [to === 100 ? `${from} to 100` : `${from} to ${to - 1}`, sound]),
    },
    ...(agreement === null
      ? []
      : [
          {
            title: 'Agreement of samples',
            note: `Fleiss' kappa: 1 is full agreement, 0 what chance gives. Findings: ${counted(agreement.subjects, 'subject')}.`,
            heads: ['', 'kappa'],
            rows: [
              ['findings', kappaText(agreement.findings)],
              ...Object.entries(agreement.levels).map(([name, kappa]) => [name, kappaText(kappa)]),
            ],
          },
        ]),
    ...(verifier === null
      ? []
      : [
          {
            title: 'Second looks',
            note: 'What the verifier made of findings that would have failed the gate.',
            heads: ['', 'confirmed', 'refuted', 'cannot say', 'failed'],
            rows: [
              ['faults', ...countsOf(verifier.defects)],
              ['false findings', ...countsOf(verifier.falseFindings)],
            ],
          },
        ]),
    {
      title: 'Suggested thresholds',
      note: thresholds.rule,
      heads: ['', 'value', 'why'],
      rows: [
        ['failOn', thresholds.failOn.value ?? 'none', thresholds.failOn.reason],
        ['minAgreement', String(thresholds.minAgreement.value ?? 'none'), thresholds.minAgreement.reason],
        ['minScore', String(thresholds.minScore.value ?? 'none'), thresholds.minScore.reason],
      ],
    },
  ];
}

/** Lists of what is to be read. */
export function calibrationLists(result: CalibrationResult): { title: string; lines: string[] }[] {
  const { changes, labels, missed, falseFindings, unlabelled, unverified } = result;
  return [
    { title: 'Since the calibration before', lines: changes === null ? [] : changeLines(changes) },
    {
      title: 'Not judged, and counted nowhere',
      lines: labels.unjudged.map(({ work, reason }) => `${oneLine(work)}: ${oneLine(reason)}`),
    },
    { title: 'Faults that were not found', lines: missed.map(placeText) },
    { title: 'Findings where labels say that nothing is wrong', lines: falseFindings.map(strayText) },
    {
      title: 'Findings that no label speaks of, counted nowhere: read and label them',
      lines: unlabelled.map(strayText),
    },
    {
      title: 'Findings whose quote is not in the work, counted nowhere',
      lines: unverified === 0 ? [] : [counted(unverified, 'finding')],
    },
  ].filter(({ lines }) => lines.length > 0);
}

function changeLines({ judge, sameLabels, figures }: NonNullable<CalibrationResult['changes']>): string[] {
  const lines = [
    ...judge.map(oneLine),
    ...(sameLabels ? [] : ['the labels are others: figures are of other work']),
    ...figures.map(({ name, before, now }) => `${oneLine(name)}: ${shareText(now)}, was ${shareText(before)}`),
  ];
  return lines.length > 0
    ? lines
    : ['the same judge, the same labels, and no figure outside of the interval that it had'];
}

function placeText({ work, rule, severity, file, startLine, endLine }: MissedDefect): string {
  const lines = startLine === endLine ? `${startLine}` : `${startLine}-${endLine}`;
  return `${severity} ${oneLine(rule)} in ${oneLine(file)}:${lines} (${oneLine(work)})`;
}

function strayText(one: StrayFinding): string {
  return `${placeText(one)}: ${oneLine(one.message)}`;
}

function countsOf({
  confirmed,
  refuted,
  cannot_say,
  failed,
}: NonNullable<CalibrationResult['verifier']>['defects']): string[] {
  return [confirmed, refuted, cannot_say, failed].map(String);
}

function kappaText(kappa: number | null): string {
  return kappa === null ? 'not defined' : kappa.toFixed(2);
}

function rankingText(ranking: number | null): string {
  if (ranking === null) return 'There are not both sound works and works with a fault to compare.';
  return `A sound work scores higher than one with a fault with probability ${ranking.toFixed(2)} (0.5 is chance).`;
}
