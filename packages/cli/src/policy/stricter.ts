import type { AssessOptions, Criterion, GatePolicy } from '@rlm-bridge/assess';

/** Of a value that the command line asks for and one that a file has, the one that holds. */
type Rule<T> = (asked: T, filed: T) => T;
type Rules<T> = { [K in keyof T]-?: Rule<NonNullable<T[K]>> };

/** Mildest first: what fails on `low` lets the least through. */
const SEVERITIES = ['low', 'medium', 'high', 'critical', 'never'] as const;

const EMPTINESS = ['pass', 'inconclusive', 'fail'] as const;
const UNSHOWN = ['pass', 'alone', 'inconclusive', 'fail'] as const;

const greater: Rule<number> = (asked, filed) => Math.max(asked, filed);
const lesser: Rule<number> = (asked, filed) => Math.min(asked, filed);
/** Nothing of it makes a gate stricter: what the command line says replaces what the file says. */
const asAsked = <T>(asked: T): T => asked;
const milder = <T extends (typeof SEVERITIES)[number]>(asked: T, filed: T): T =>
  SEVERITIES.indexOf(asked) <= SEVERITIES.indexOf(filed) ? asked : filed;

const GATE: Rules<GatePolicy> = {
  failOn: milder,
  minScore: greater,
  minScores: (asked, filed) => merged(asked, filed, greater),
  minAgreement: lesser,
  scope: (asked, filed) => (filed === 'all' ? filed : asked),
  // Known is what both know.
  baseline: (asked, filed) => {
    const ids = new Set(filed.map(idOf));
    return asked.filter((entry) => ids.has(idOf(entry)));
  },
  newOnly: (asked, filed) => asked && filed,
  allowNewSuppressions: (asked, filed) => asked && filed,
  onError: (asked, filed) => (filed === 'fail' ? filed : asked),
  nothingToJudge: (asked, filed) => (EMPTINESS.indexOf(asked) >= EMPTINESS.indexOf(filed) ? asked : filed),
  unshown: (asked, filed) => (UNSHOWN.indexOf(asked) >= UNSHOWN.indexOf(filed) ? asked : filed),
};

const OPTIONS: Rules<AssessOptions> = {
  gate: (asked, filed) => stricterOf(asked, filed, GATE),
  rubric: (asked, filed) => everyCriterion(asked, filed),
  presets: (asked, filed) => [...new Set([...asked, ...filed])],
  samples: greater,
  requireCoverage: greater,
  maxBudgetUsd: lesser,
  maxBudgetUsdPerWorker: lesser,
  previous: asAsked,
  policyFiles: (asked, filed) => [...new Set([...asked, ...filed])],
  followLinks: (asked, filed) => asked && filed,
  exclude: asAsked,
  notWork: asAsked,
  maxFileChars: asAsked,
  maxFiles: asAsked,
  maxFileBytes: asAsked,
  maxBytes: asAsked,
  criteria: asAsked,
  cwd: asAsked,
  base: asAsked,
  outputDir: asAsked,
  resolve: asAsked,
  judge: asAsked,
  verifier: asAsked,
  concurrency: asAsked,
  reference: asAsked,
  context: (asked, filed) => ({ ...filed, ...asked }),
  incremental: asAsked,
  cache: asAsked,
  store: asAsked,
  assessmentId: asAsked,
  signal: asAsked,
  onEvent: asAsked,
};

/** The options of a gate that the command line and a file have both set: a file makes a gate stricter, and never looser. */
export function stricter(asked: AssessOptions, filed: AssessOptions): AssessOptions {
  return stricterOf(asked, filed, OPTIONS);
}

function stricterOf<T extends object>(asked: T, filed: T, rules: Rules<T>): T {
  const both: T = { ...filed, ...asked };
  for (const name of Object.keys(asked) as (keyof T)[]) {
    const [one, other] = [asked[name], filed[name]];
    if (one != null && other != null) both[name] = rules[name](one, other);
  }
  return both;
}

function idOf(entry: NonNullable<GatePolicy['baseline']>[number]): string {
  return typeof entry === 'string' ? entry : entry.id;
}

type Numbers<K extends string> = { [N in K]?: number | undefined };

function merged<K extends string>(asked: Numbers<K>, filed: Numbers<K>, rule: Rule<number>): Numbers<K> {
  const rules = Object.fromEntries(Object.keys(asked).map((name) => [name, rule]));
  return stricterOf(asked, filed, rules as Rules<Numbers<K>>);
}

/** Every question of both; one that both have is the command line's, at the worse severity of the two. */
function everyCriterion(asked: readonly Criterion[], filed: readonly Criterion[]): Criterion[] {
  const others = new Map(filed.map((criterion) => [criterion.id, criterion]));
  const own = asked.map((criterion) => {
    const other = others.get(criterion.id);
    others.delete(criterion.id);
    return other === undefined || milder(criterion.severity, other.severity) === other.severity
      ? criterion
      : { ...criterion, severity: other.severity };
  });
  return [...own, ...others.values()];
}
