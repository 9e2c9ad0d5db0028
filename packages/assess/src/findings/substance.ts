/** What a finding is about, as far as words tell. */
export interface Substance {
  rule: string;
  message: string;
  families: readonly string[];
  ruleStems: readonly string[];
  stems: readonly string[];
}

/** Words by which judges name the same fault. A rule that has one of a family is about that family. */
const FAMILIES: Record<string, readonly string[]> = {
  injection: ['inject', 'sqli', 'unsanit', 'unescap', 'interpol', 'concatenat', 'unsafe-query', 'raw-query', 'unbound'],
  secret: [
    'secret',
    'credential',
    'hardcod',
    'hard-cod',
    'password',
    'passwd',
    'apikey',
    'api-key',
    'key-in',
    'leaked-key',
  ],
  access: ['auth', 'access-control', 'permission', 'privileg', 'idor', 'unprotected'],
  script: ['xss', 'cross-site-script', 'html-inject', 'innerhtml'],
  evaluation: ['eval', 'code-exec', 'remote-code', 'rce', 'arbitrary-code'],
  path: ['travers', 'path-inject', 'directory-escape', 'zip-slip'],
  duplication: ['duplic', 'copied', 'copy-past', 'repeated-code', 'dry'],
  test: ['untested', 'missing-test', 'no-test', 'test-missing', 'lacks-test', 'without-test', 'coverage'],
  race: ['race', 'concurren', 'toctou', 'deadlock'],
  nothing: ['null', 'undefined', 'nil-', 'none-check', 'optional-access'],
  handling: ['error-handl', 'unhandled', 'swallow', 'ignored-error', 'empty-catch', 'uncaught'],
  unused: ['unused', 'dead-code', 'unreachable'],
  logging: ['log-', 'logging', 'logs-'],
};
const NAMES = Object.keys(FAMILIES);

/** Words that every rule and message may have. */
const COMMON = new Set(
  (
    'this that these those with without from into have has had been being does not and the for are was were will would ' +
    'can could should may might must its it is in on of to by an a as at be or no if so than then there here when where ' +
    'which who what code line lines file files function method value values variable change changed wrong bad issue ' +
    'problem error defect bug fault rule finding missing unsafe insecure vulnerable vulnerability risk weakness possible ' +
    'potential check use used uses using call calls called make makes made new old'
  ).split(' '),
);

const MIN_STEM = 3;
const STEM = 5;
/** Share of the shorter message's words that two messages about one thing have in common. */
const ALIKE = 0.5;

export function substanceOf({ rule, message }: { rule: string; message: string }): Substance {
  return { rule, message, families: familiesOf(rule), ruleStems: stems(rule), stems: stems(`${rule} ${message}`) };
}

/**
 * How surely two findings of one place are about the same: 3, one rule; 2, rules of one family or with a word in common;
 * 1, messages that say much the same; 0, not.
 */
export function likeness(a: Substance, b: Substance): 0 | 1 | 2 | 3 {
  if (a.rule === b.rule) return 3;
  if (inCommon(a.families, b.families) > 0) return 2;
  // What is plainly of two families is two things, whatever else their words share.
  if (a.families.length > 0 && b.families.length > 0) return 0;
  if (inCommon(a.ruleStems, b.ruleStems) > 0) return 2;
  const shared = inCommon(a.stems, b.stems);
  return shared >= 2 && shared >= ALIKE * Math.min(a.stems.length, b.stems.length) ? 1 : 0;
}

/** Whether two rules are one, or name faults of one family. */
export function isOneFamily(a: string, b: string): boolean {
  return a === b || inCommon(familiesOf(a), familiesOf(b)) > 0;
}

function familiesOf(rule: string): string[] {
  const padded = `${rule}-`;
  return NAMES.filter((name) => FAMILIES[name]?.some((word) => padded.startsWith(word) || padded.includes(`-${word}`)));
}

/** Whether two findings say the same, word for word, under names of which nothing tells that they are two things. */
export function isSaidAlike(a: Substance, b: Substance): boolean {
  const isParted = a.families.length > 0 && b.families.length > 0 && inCommon(a.families, b.families) === 0;
  return a.message === b.message && !isParted;
}

/** The beginnings of the words that say something; of all, when none does. */
function stems(text: string): string[] {
  const words = text.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  const telling = words.filter((word) => word.length >= MIN_STEM && !COMMON.has(word));
  const counted = telling.length > 0 ? telling : words.filter((word) => word.length >= MIN_STEM);
  return [...new Set(counted.map((word) => word.slice(0, STEM)))];
}

function inCommon(a: readonly string[], b: readonly string[]): number {
  return a.filter((stem) => b.includes(stem)).length;
}
