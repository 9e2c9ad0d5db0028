import { z } from 'zod';
import { Category, type Dimension, LEVELS, Origin, Severity } from '../terms.ts';

/** More than anybody reads; every quote of them is looked for. */
const MAX_FINDINGS = 500;

const text = z.string().trim().min(1);

export const JudgeFindingSchema = z.strictObject({
  severity: Severity,
  category: Category,
  rule: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/),
  message: text,
  file: text,
  startLine: z.int().min(1),
  endLine: z.int().min(1),
  quote: text,
  origin: Origin.optional(),
  suggestion: text.optional(),
});
/** A finding as the judge gives it: a claim, until its quote was found. */
export type JudgeFinding = z.infer<typeof JudgeFindingSchema>;

const GradeSchema = z.strictObject({ level: z.enum(LEVELS), reason: text });
const OutcomeSchema = z.strictObject({ outcome: z.enum(['met', 'not_met', 'not_applicable']), reason: text });

export interface JudgeAnswer {
  /** The dimensions that have evidence. */
  dimensions: Partial<Record<Dimension, z.infer<typeof GradeSchema>>>;
  /** What is said of each criterion, by its id. */
  criteria: Record<string, z.infer<typeof OutcomeSchema>>;
  findings: JudgeFinding[];
  summary: string;
}

/** Exactly what is asked for: every dimension and criterion, and none besides. It holds no verdict: that is computed. */
export function answerSchema(dimensions: readonly Dimension[], criteria: readonly string[]): z.ZodType<JudgeAnswer> {
  return z.strictObject({
    dimensions: z.strictObject(Object.fromEntries(dimensions.map((name) => [name, GradeSchema]))),
    criteria: z.strictObject(Object.fromEntries(criteria.map((id) => [id, OutcomeSchema]))),
    findings: z.array(JudgeFindingSchema).max(MAX_FINDINGS),
    summary: text,
  });
}
