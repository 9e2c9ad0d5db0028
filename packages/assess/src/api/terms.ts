import { z } from 'zod';

// The terms that results and options share, each with its type and its check.

const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
const CATEGORIES = ['code', 'completeness', 'security', 'git'] as const;
const TOLERANCES = [
  'file-name',
  'gutter',
  'diff-sign',
  'code-fence',
  'mask',
  'elision',
  'escapes',
  'typography',
  'invisible-characters',
  'white-space',
  'cut',
] as const;
const VERDICTS = ['pass', 'fail', 'inconclusive', 'nothing_to_judge'] as const;
const CHANGES = ['added', 'changed', 'removed', 'untouched'] as const;
const SINCE = ['new', 'still_there'] as const;
const GONE_STATES = ['fixed', 'not_found_again', 'not_judged'] as const;
const SUPPRESSION_STATES = ['of_base', 'of_base_on_changed_lines', 'new', 'unused', 'no_reason'] as const;
const VERIFICATION_OUTCOMES = ['confirmed', 'refuted', 'cannot_say', 'failed'] as const;
const ORIGINS = ['introduced', 'existing', 'mended'] as const;
/** `changed`: what the work added, changed or brought about by what it removed; `all`: what it left as it was, too. */
export const SCOPES = ['changed', 'all'] as const;
/** What work that holds nothing to judge may come to, mildest first. */
export const NOTHING_TO_JUDGE = ['pass', 'inconclusive', 'fail'] as const;
/** What changes may come to that no model can be shown, mildest first. */
export const UNSHOWN = ['pass', 'alone', 'inconclusive', 'fail'] as const;

/** How bad a finding is, worst first. */
export const Severity: z.ZodEnum<{ [name in (typeof SEVERITIES)[number]]: name }> = z.enum(SEVERITIES);
export type Severity = z.infer<typeof Severity>;

/** Where a severity stands among all: 0 is the worst. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** What a finding is about; each category lowers the score of one dimension. */
export const Category: z.ZodEnum<{ [name in (typeof CATEGORIES)[number]]: name }> = z.enum(CATEGORIES);
export type Category = z.infer<typeof Category>;

/**
 * `inconclusive`: the work could not be judged. It is never a pass. `nothing_to_judge`: there is nothing in the work that could
 * be judged, and nothing in it is hidden.
 */
export const Verdict: z.ZodEnum<{ [name in (typeof VERDICTS)[number]]: name }> = z.enum(VERDICTS);
export type Verdict = z.infer<typeof Verdict>;

/** The scored dimensions of a worker, by their names in the result. */
export const DIMENSIONS = ['codeQuality', 'completeness', 'security', 'gitHygiene'] as const;
/** A scored dimension of a worker. */
export type Dimension = (typeof DIMENSIONS)[number];

/** How good a dimension is, best first; the anchors of each are in the judge's rubric. */
export const LEVELS = ['excellent', 'good', 'acceptable', 'poor', 'unacceptable'] as const;
/** How good a dimension is. */
export type Level = (typeof LEVELS)[number];

/** What may differ between a quote and the lines it is in; white space as such is not counted. */
export const Tolerance: z.ZodEnum<{ [name in (typeof TOLERANCES)[number]]: name }> = z.enum(TOLERANCES);
export type Tolerance = z.infer<typeof Tolerance>;

/** What the work did to the lines of a finding. */
export const Change: z.ZodEnum<{ [name in (typeof CHANGES)[number]]: name }> = z.enum(CHANGES);
export type Change = z.infer<typeof Change>;

/** Where a fault is from: the work brings it in, it was there before and still is, or it was and is gone. */
export const Origin: z.ZodEnum<{ [name in (typeof ORIGINS)[number]]: name }> = z.enum(ORIGINS);
export type Origin = z.infer<typeof Origin>;

/** What of a finding is said against the assessment before. */
export const Since: z.ZodEnum<{ [name in (typeof SINCE)[number]]: name }> = z.enum(SINCE);
export type Since = z.infer<typeof Since>;

/** What became of a finding that is no more found. */
export const GoneState: z.ZodEnum<{ [name in (typeof GONE_STATES)[number]]: name }> = z.enum(GONE_STATES);
export type GoneState = z.infer<typeof GoneState>;

/** Whose a comment is that asks to let a finding be, and what came of it. */
export const SuppressionState: z.ZodEnum<{ [name in (typeof SUPPRESSION_STATES)[number]]: name }> =
  z.enum(SUPPRESSION_STATES);
export type SuppressionState = z.infer<typeof SuppressionState>;

/** What became of a second look at a finding. */
export const VerificationOutcome: z.ZodEnum<{ [name in (typeof VERIFICATION_OUTCOMES)[number]]: name }> =
  z.enum(VERIFICATION_OUTCOMES);
export type VerificationOutcome = z.infer<typeof VerificationOutcome>;

/** How a model's reply may have ended. */
export const FINISH_REASONS = ['stop', 'length', 'refused', 'empty', 'broken', 'unsupported'] as const;
