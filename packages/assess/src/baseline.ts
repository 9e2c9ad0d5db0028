import { z } from 'zod';
import { AssessError } from './api/errors.ts';
import type { AssessmentResult } from './api/result.ts';

/** Findings that are known and let be, as they are kept in a file of the repository. */
export interface Baseline {
  /** Version of the format. */
  version: 1;
  /** The findings that are known, by file and id. */
  findings: {
    /** Id of the finding: its fingerprint. */
    id: string;
    /** The criterion, or the name that the judge gave; for whoever reads the file. */
    rule: string;
    /** Path of the file that it is in. */
    file: string;
  }[];
}

const BaselineSchema: z.ZodType<Baseline> = z.strictObject({
  version: z.literal(1),
  findings: z.array(z.strictObject({ id: z.string(), rule: z.string(), file: z.string() })),
});

/**
 * A baseline of every verified finding of a result that was not mended, beside those of `previous`.
 * @example
 * ```ts
 * const result = await assessWorkers(['auth']);
 * console.log(JSON.stringify(toBaseline(result), null, 2));
 * ```
 */
export function toBaseline({ workers }: AssessmentResult, previous?: Baseline): Baseline {
  const found = workers.flatMap(({ findings }) => findings).filter(({ verified }) => verified);
  const standing = found.filter(({ change, origin }) => change !== 'removed' || origin !== 'mended');
  const all = new Map((previous?.findings ?? []).map((entry) => [entry.id, entry]));
  for (const { id, rule, file } of standing) all.set(id, { id, rule, file });
  return { version: 1, findings: [...all.values()].sort(byFileThenId) };
}

/** A baseline parted by what a result says of it. */
export interface PrunedBaseline {
  /** What is still found, and what nobody looked at. */
  kept: Baseline;
  /** What was looked for in its file, and is not found any more. */
  pruned: Baseline;
  /** What of `kept` nobody looked at: its file is no part of the evidence, or of a worker that has no verdict. */
  unjudged: Baseline;
}

/** The baseline without what the result no longer has. Another checkout, which has other files, takes nothing out of it. */
export function pruneBaseline({ version, findings }: Baseline, { workers }: AssessmentResult): PrunedBaseline {
  const judged = workers.filter(({ verdict, error }) => verdict !== 'inconclusive' && error === undefined);
  const files = new Set(judged.flatMap(({ evidence }) => evidence.documents));
  const ids = new Set(workers.flatMap((worker) => worker.findings.map(({ id }) => id)));
  const isUnjudged = ({ id, file }: Baseline['findings'][number]) => !ids.has(id) && !files.has(file);
  const isPruned = ({ id, file }: Baseline['findings'][number]) => !ids.has(id) && files.has(file);
  return {
    kept: { version, findings: findings.filter((entry) => !isPruned(entry)) },
    pruned: { version, findings: findings.filter(isPruned) },
    unjudged: { version, findings: findings.filter(isUnjudged) },
  };
}

/**
 * Reads what a baseline file holds.
 * @throws {AssessError} `invalid_options` when it is not what {@link toBaseline} made.
 */
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
