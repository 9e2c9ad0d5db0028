import type {
  CalibratedJudge,
  CalibrationChanges,
  CalibrationResult,
  ChangedFigure,
  Proportion,
} from '../api/calibration.ts';

type Figures = Pick<CalibrationResult, 'judge' | 'labels' | 'overall' | 'rules' | 'severities'>;

/** What is other than it was: the judge, the labels, and figures that lie outside of the interval that they had. */
export function changesSince(before: Figures, now: Figures): CalibrationChanges {
  return {
    judge: judgeChanges(before.judge, now.judge),
    sameLabels: before.labels.hash === now.labels.hash,
    figures: figuresOf(now).flatMap(([name, figure]): ChangedFigure[] => {
      const was = figuresOf(before).find(([other]) => other === name)?.[1];
      return was !== undefined && isOutside(figure, was) ? [{ name, before: was, now: figure }] : [];
    }),
  };
}

function judgeChanges(before: CalibratedJudge, now: CalibratedJudge): string[] {
  const plain = (['rootModel', 'subModel', 'verifier', 'samples', 'incremental', 'queryVersion'] as const).flatMap(
    (name) => (before[name] === now[name] ? [] : [`${name}: ${now[name] ?? 'none'}, was ${before[name] ?? 'none'}`]),
  );
  const added = now.rubric.filter((id) => !before.rubric.includes(id));
  const removed = before.rubric.filter((id) => !now.rubric.includes(id));
  const isReworded = added.length + removed.length === 0 && before.rubricHash !== now.rubricHash;
  return [
    ...plain,
    ...(added.length > 0 ? [`questions added: ${added.join(', ')}`] : []),
    ...(removed.length > 0 ? [`questions removed: ${removed.join(', ')}`] : []),
    ...(isReworded ? ['the words or severities of questions'] : []),
  ];
}

function figuresOf({ overall, rules, severities }: Figures): [name: string, figure: Proportion][] {
  const named = [
    { name: 'all findings', ...overall },
    ...rules.map((one) => ({ name: one.rule, ...one })),
    ...severities.map((one) => ({ name: `severity ${one.severity}`, ...one })),
  ];
  return named.flatMap(({ name, recall, precision }): [string, Proportion][] => [
    [`recall of ${name}`, recall],
    [`precision of ${name}`, precision],
  ]);
}

function isOutside({ value }: Proportion, { low, high }: Proportion): boolean {
  return value !== null && low !== null && high !== null && (value < low || value > high);
}
