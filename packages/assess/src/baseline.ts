import { z } from 'zod';
import { AssessError } from './errors.ts';
import type { AssessmentResult } from './result.ts';

const BaselineSchema = z.strictObject({
  version: z.literal(1),
  findings: z.array(z.strictObject({ id: z.string(), rule: z.string(), file: z.string() })),
});
/** Findings that are known and let be, as they are kept in a file of the repository. */
export type Baseline = z.infer<typeof BaselineSchema>;

/** A baseline of every verified finding of a result, beside those of `previous`. */
export function toBaseline({ workers }: AssessmentResult, previous?: Baseline): Baseline {
  const found = workers.flatMap(({ findings }) => findings).filter(({ verified }) => verified);
  const all = new Map((previous?.findings ?? []).map((entry) => [entry.id, entry]));
  for (const { id, rule, file } of found) all.set(id, { id, rule, file });
  return { version: 1, findings: [...all.values()].sort(byFileThenId) };
}

/** The baseline without what the result no longer has; and that, to be told of. */
export function pruneBaseline(baseline: Baseline, { workers }: AssessmentResult): { kept: Baseline; pruned: Baseline } {
  const ids = new Set(workers.flatMap(({ findings }) => findings.map(({ id }) => id)));
  const { version, findings } = baseline;
  return {
    kept: { version, findings: findings.filter(({ id }) => ids.has(id)) },
    pruned: { version, findings: findings.filter(({ id }) => !ids.has(id)) },
  };
}

/** What a baseline file holds. @throws {AssessError} `invalid_options` */
export function parseBaseline(text: string): Baseline {
  try {
    return BaselineSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AssessError('invalid_options', 'The baseline is not one that toBaseline made. Create it anew.', {
      cause,
    });
  }
}

function byFileThenId(a: Baseline['findings'][number], b: Baseline['findings'][number]): number {
  const [left, right] = [`${a.file}\0${a.id}`, `${b.file}\0${b.id}`];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
