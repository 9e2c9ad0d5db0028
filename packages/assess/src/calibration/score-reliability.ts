import type { CalibrationResult } from '../api/calibration.ts';
import type { JudgedWork } from './sample-agreement.ts';
import { areaUnderCurve, proportion } from './statistics.ts';

/** Where the scores of levels and the caps of findings lie: see docs/assess.md. */
const BOUNDS = [0, 20, 50, 80, 95, 100] as const;

/** Works with a score of which the labels say whether something is wrong. */
export function scored(works: readonly JudgedWork[]): { score: number; isSound: boolean }[] {
  return works.flatMap(({ worker: { overallScore }, isSound, isFaulty }) =>
    overallScore === null || !(isSound || isFaulty) ? [] : [{ score: overallScore, isSound }],
  );
}

/** What an overall score is worth: how many of the works that have it are sound. */
export function scoresOf(works: readonly JudgedWork[]): CalibrationResult['scores'] {
  const all = scored(works);
  const of = (isSound: boolean) => all.filter((one) => one.isSound === isSound).map(({ score }) => score);
  const bins = BOUNDS.slice(0, -1).map((from, at) => {
    const to = BOUNDS[at + 1] ?? 100;
    const inside = all.filter(({ score }) => score >= from && (score < to || (to === 100 && score === 100)));
    return { from, to, sound: proportion(inside.filter(({ isSound }) => isSound).length, inside.length) };
  });
  return { bins, ranking: areaUnderCurve(of(true), of(false)) };
}

/** The bounds below which to fail that are tried, the lowest first. */
export const SCORE_BOUNDS: readonly number[] = BOUNDS.slice(1, -1);
