import type { CalibrationResult, Proportion, Suggestion } from '../api/calibration.ts';
import { Severity, severityRank } from '../api/terms.ts';
import type { MatchedFinding } from './match.ts';
import { precisionOf } from './rates.ts';
import type { JudgedWork } from './sample-agreement.ts';
import { SCORE_BOUNDS, scored } from './score-reliability.ts';
import { fewestToShow, proportion } from './statistics.ts';

type Thresholds = CalibrationResult['thresholds'];

/**
 * Thresholds whose precision is shown: the lower end of its 95 % interval reaches the target. Candidates are tried from the
 * strictest on, and the first that could pass and fails ends it; so no luck of one among many is taken for a rule.
 */
export function thresholdsOf(works: readonly JudgedWork[], samples: number, target: number): Thresholds {
  const findings = works.flatMap(({ matched }) => matched.findings);
  const tried = Array.from({ length: samples }, (_, at) => ({ k: at + 1, ...failOn(findings, at + 1, target) }));
  const best = tried.find(({ value }) => value !== null) ?? tried[0];
  const { k = 1, value = null, reason = '' } = best ?? {};
  return {
    targetPrecision: target,
    rule:
      `The lower end of the 95 % interval of the precision is to reach ${percent(target)}. Severities are tried from critical on and ` +
      'scores from the lowest on; the first that fails ends it, unless it is of too few to pass whatever they are. The fewest samples for which a severity passes are taken.',
    failOn: { value, reason },
    minAgreement:
      value === null ? { value: null, reason: 'There is no severity that it would be for.' } : { value: k, reason },
    minScore: minScore(works, target),
  };
}

function failOn(findings: readonly MatchedFinding[], samples: number, target: number): Suggestion<Severity> {
  const agreed = findings.filter(({ finding }) => finding.agreement >= samples);
  const from = samples === 1 ? '' : ` in ${samples} samples or more`;
  return mildest(
    Severity.options.map((severity) => {
      const some = agreed.filter(({ finding }) => severityRank(finding.severity) <= severityRank(severity));
      return { value: severity, what: `${severity} or worse${from}`, precision: precisionOf(some) };
    }),
    target,
    'findings',
  );
}

function minScore(works: readonly JudgedWork[], target: number): Suggestion<number> {
  const all = scored(works);
  return mildest(
    SCORE_BOUNDS.map((bound) => {
      const below = all.filter(({ score }) => score < bound);
      const faulty = below.filter(({ isSound }) => !isSound).length;
      return { value: bound, what: `scores below ${bound}`, precision: proportion(faulty, below.length) };
    }),
    target,
    'works',
  );
}

interface Candidate<T> {
  value: T;
  what: string;
  precision: Proportion;
}

/** The last of the candidates that pass before the first that fails; one that adds nothing, or is of too few to pass, is passed over. */
function mildest<T>(candidates: readonly Candidate<T>[], target: number, noun: string): Suggestion<T> {
  const needed = fewestToShow(target);
  let best: Candidate<T> | null = null;
  let failed: Candidate<T> | null = null;
  let seen = 0;
  for (const one of candidates) {
    const { of, low } = one.precision;
    if (of === seen) continue;
    seen = of;
    if ((low ?? 0) >= target) {
      best = one;
      continue;
    }
    failed = one;
    // With so few none could have passed, whatever they are: that is no reason to end.
    if (of >= needed) break;
  }
  if (best !== null) return { value: best.value, reason: figuresOf(best) };
  if (failed === null) return { value: null, reason: `Too few labels: there are no ${noun} that they speak of.` };
  const { hits, of } = failed.precision;
  if (hits >= of * target) {
    const few = `${figuresOf(failed)}. Too few labels: at least ${needed} ${noun} are needed to show ${percent(target)}, if all of them are right`;
    return { value: null, reason: few };
  }
  return { value: null, reason: `${figuresOf(failed)}: that does not show ${percent(target)}` };
}

function figuresOf({ what, precision: { hits, of, low, high } }: Candidate<unknown>): string {
  return `${what}: ${hits} of ${of} right, ${percent(low ?? 0)} to ${percent(high ?? 1)}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
