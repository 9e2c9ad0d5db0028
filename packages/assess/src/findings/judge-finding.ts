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

const placeShape = { file: text, line: z.int().min(1), quote: text };

/** A finding of a judge that may search the reference: places there that show it, too. */
export const ReferringFindingSchema = JudgeFindingSchema.extend({
  reference: z.array(z.strictObject(placeShape)).max(20).optional(),
});

/** A finding as it is kept: what it refers to was looked for. */
export const KeptFindingSchema = JudgeFindingSchema.extend({
  reference: z.array(z.strictObject({ ...placeShape, verified: z.boolean() })).optional(),
});

/** A place outside of the work that shows a finding. */
export interface ReferencePlace {
  file: string;
  line: number;
  quote: string;
  /** Whether the quote is there; absent until it was looked for. */
  verified?: boolean | undefined;
}

/** A finding as the judge gives it: a claim, until its quote was found. */
export type JudgeFinding = z.infer<typeof JudgeFindingSchema> & { reference?: ReferencePlace[] | undefined };
