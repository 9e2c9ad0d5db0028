import { z } from 'zod';
import { Category, Origin, Severity } from '../api/terms.ts';

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
