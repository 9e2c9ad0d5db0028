import { z } from 'zod';
import type { Label, LabelPlace } from '../api/calibration.ts';
import { AssessError } from '../api/errors.ts';
import { Severity } from '../api/terms.ts';

const text = z.string().trim().min(1);
const name = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be letters, digits and dashes, in lower case');
const lines = z
  .tuple([z.int().min(1), z.int().min(1)])
  .refine(([first, last]) => first <= last, 'must be the first line and the last one');

const Place = z.strictObject({ file: text, lines } satisfies Record<keyof LabelPlace, z.ZodType>);

/** Where the labelled work is. */
const where = {
  file: text.optional(),
  commit: text.optional(),
  base: text.optional(),
  repository: text.optional(),
  work: text.optional(),
  note: text.optional(),
};

export const LabelSchema: z.ZodType<Label> = z
  .discriminatedUnion('label', [
    z.strictObject({
      label: z.literal('defect'),
      ...where,
      file: text,
      lines,
      rule: name,
      also: z.array(name).optional(),
      severity: Severity,
      alsoAt: z.array(Place).optional(),
    }),
    z.strictObject({ label: z.literal('clean'), ...where, lines: lines.optional(), rule: name.optional() }),
  ])
  .refine(({ file, commit }) => file !== undefined || commit !== undefined, 'must name a file or a commit')
  .refine(({ base, commit }) => base === undefined || commit !== undefined, 'base belongs to a commit')
  .refine(
    (one) => one.label === 'defect' || one.lines === undefined || one.file !== undefined,
    'lines belong to a file',
  );

/**
 * Reads labels: JSON, one a line; empty lines are left out.
 * @throws {AssessError} `invalid_options`, which names the line and what is wrong with it.
 * @example
 * ```ts
 * const labels = parseLabels('{"file":"src/db.ts","lines":[3,3],"rule":"no-injection","severity":"critical","label":"defect"}');
 * const result = await calibrate(labels, { presets: ['security'] });
 * ```
 */
export function parseLabels(jsonl: string): Label[] {
  return jsonl.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return [];
    const found = LabelSchema.safeParse(parsed(line, at + 1));
    if (found.success) return [found.data];
    const [issue] = found.error.issues;
    const place = issue?.path.length ? `${issue.path.join('.')}: ` : '';
    throw new AssessError(
      'invalid_options',
      `Line ${at + 1} of the labels: ${place}${issue?.message}. See docs/calibrate.md.`,
    );
  });
}

function parsed(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new AssessError('invalid_options', `Line ${number} of the labels is no JSON. Write one object on each line.`);
  }
}
