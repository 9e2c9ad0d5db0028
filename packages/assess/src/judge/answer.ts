import { z } from 'zod';
import { type Dimension, LEVELS } from '../api/terms.ts';
import {
  type JudgeFinding,
  JudgeFindingSchema,
  KeptFindingSchema,
  ReferringFindingSchema,
} from '../findings/judge-finding.ts';

/** More than anybody reads; every quote of them is looked for. */
const MAX_FINDINGS = 500;

const text = z.string().trim().min(1);

const GradeSchema = z.strictObject({ level: z.enum(LEVELS), reason: text });
const OutcomeSchema = z.strictObject({ outcome: z.enum(['met', 'not_met', 'not_applicable']), reason: text });

export type Grade = z.infer<typeof GradeSchema>;
export type CriterionAnswer = z.infer<typeof OutcomeSchema>;

export interface JudgeAnswer {
  /** The dimensions that have evidence. */
  dimensions: Partial<Record<Dimension, Grade>>;
  /** What is said of each criterion, by its id. */
  criteria: Record<string, CriterionAnswer>;
  findings: JudgeFinding[];
  summary: string;
}

/** Exactly what is asked for: every dimension and criterion, and none besides. It holds no verdict: that is computed. */
export function answerSchema(
  dimensions: readonly Dimension[],
  criteria: readonly string[],
  mayRefer = false,
): z.ZodType<JudgeAnswer> {
  const shape = shapeOf(dimensions, criteria);
  return z.strictObject(mayRefer ? { ...shape, findings: z.array(ReferringFindingSchema).max(MAX_FINDINGS) } : shape);
}

/** A judgement that is kept: several answers may have made it. */
export function judgementSchema(dimensions: readonly Dimension[], criteria: readonly string[]): z.ZodType<JudgeAnswer> {
  return z.strictObject({ ...shapeOf(dimensions, criteria), findings: z.array(KeptFindingSchema) });
}

/** What a judge says of a part of the work. */
export interface ReadingAnswer extends JudgeAnswer {
  /** What whoever sees the other parts is to look after. */
  open: string[];
}

/** The answer of a reading: as that of a judgement, and what the part leaves open. */
export function readingSchema(dimensions: readonly Dimension[], criteria: readonly string[]): z.ZodType<ReadingAnswer> {
  return z.strictObject({ ...shapeOf(dimensions, criteria), open: z.array(text) });
}

function shapeOf(dimensions: readonly Dimension[], criteria: readonly string[]) {
  return {
    dimensions: z.strictObject(Object.fromEntries(dimensions.map((name) => [name, GradeSchema]))),
    criteria: z.strictObject(Object.fromEntries(criteria.map((id) => [id, OutcomeSchema]))),
    findings: z.array(JudgeFindingSchema).max(MAX_FINDINGS),
    summary: text,
  };
}
