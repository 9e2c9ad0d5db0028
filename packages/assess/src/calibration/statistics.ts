import type { Proportion } from '../api/calibration.ts';

/** Two-sided 95 %: the 97.5th percentile of the standard normal distribution. */
export const Z = 1.959_963_984_540_054;

/**
 * Wilson's score interval, without correction for continuity. E. B. Wilson, Probable inference, the law of succession, and
 * statistical inference, JASA 22 (1927), 209–212; recommended for small samples by Brown, Cai, DasGupta, Interval
 * estimation for a binomial proportion, Statistical Science 16 (2001), 101–133.
 */
export function proportion(hits: number, of: number, z: number = Z): Proportion {
  if (of === 0) return { hits, of, value: null, low: null, high: null };
  const value = hits / of;
  const square = z * z;
  const center = (value + square / (2 * of)) / (1 + square / of);
  const margin = (z / (1 + square / of)) * Math.sqrt((value * (1 - value)) / of + square / (4 * of * of));
  // At the ends the exact bound is the end: rounding may miss it.
  const low = hits === 0 ? 0 : Math.max(0, center - margin);
  const high = hits === of ? 1 : Math.min(1, center + margin);
  return { hits, of, value, low, high };
}

/** Fewest trials, all of which come out, whose lower bound reaches `share`: n / (n + z²) ≥ share. */
export function fewestToShow(share: number, z: number = Z): number {
  return Math.ceil((z * z * share) / (1 - share));
}

/**
 * Fleiss' kappa: agreement of raters beyond what their marginal frequencies give by chance; 1 is full agreement, 0 chance.
 * J. L. Fleiss, Measuring nominal scale agreement among many raters, Psychological Bulletin 76 (1971), 378–382.
 * @param ratings Of each subject how many raters chose each category; every subject has the same number of raters.
 * @returns Null where it is not defined: fewer than two raters, no subject, or one category for everything.
 */
export function fleissKappa(ratings: readonly (readonly number[])[]): number | null {
  const [first] = ratings;
  const raters = sum(first ?? []);
  if (first === undefined || raters < 2) return null;
  const total = ratings.length * raters;
  const agreed = mean(ratings.map((counts) => (sum(counts.map((n) => n * n)) - raters) / (raters * (raters - 1))));
  const shares = first.map((_, category) => sum(ratings.map((counts) => counts[category] ?? 0)) / total);
  const byChance = sum(shares.map((share) => share * share));
  // One category for everything: the shares are whole, and so exactly 1.
  return byChance === 1 ? null : (agreed - byChance) / (1 - byChance);
}

/**
 * The probability that a positive scores higher than a negative, ties counted half: the area under the ROC curve, which is
 * the statistic U of Mann and Whitney over its maximum. J. A. Hanley, B. J. McNeil, The meaning and use of the area under a
 * receiver operating characteristic (ROC) curve, Radiology 143 (1982), 29–36.
 * @returns Null without one of either.
 */
export function areaUnderCurve(positives: readonly number[], negatives: readonly number[]): number | null {
  if (positives.length === 0 || negatives.length === 0) return null;
  const wins = positives.flatMap((one) => negatives.map((other) => (one > other ? 1 : one === other ? 0.5 : 0)));
  return mean(wins);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
