import { z } from 'zod';
import { type Dimension, LEVELS } from '../api/terms.ts';
import { type JudgeFinding, JudgeFindingSchema } from '../findings/judge-finding.ts';

/** More than anybody reads; every quote of them is looked for. */
const MAX_FINDINGS = 500;

const text = z.string().trim().min(1);

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
