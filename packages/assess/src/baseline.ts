import { type Baseline, type BaselineFinding, BaselineSchema } from './api/baseline.ts';
import { AssessError } from './api/errors.ts';
import type { AssessmentResult } from './api/result.ts';
import type { Finding, WorkerAssessment } from './api/worker-assessment.ts';
import { knownAmong } from './verdict/known.ts';

/**
 * A baseline of every verified finding of a result that was not mended, beside those of `previous`. What is known in other
 * words or at another place is kept as it is found now.
 * @example
 * ```ts
 * const result = await assessWorkers(['auth']);
 * console.log(JSON.stringify(toBaseline(result), null, 2));
 * ```
 */
export function toBaseline({ workers }: AssessmentResult, previous?: Baseline): Baseline {
  const all = new Map((previous?.findings ?? []).map((entry) => [entry.id, entry]));
  for (const worker of workers) {
    const standing = worker.findings.filter(({ verified }) => verified).filter(isStanding);
    const known = knownAmong(standing, [...all.values()], worker.evidence.renames);
    for (const before of known.values()) all.delete(before.id);
    for (const finding of standing) all.set(finding.id, entryOf(finding, worker));
  }
  return { version: 2, findings: [...all.values()].sort(byFileThenId) };
}

function isStanding({ change, origin }: Finding): boolean {
  return change !== 'removed' || origin !== 'mended';
}

function entryOf(finding: Finding, { provenance }: WorkerAssessment): BaselineFinding {
  const { id, rule, message, severity, file, startLine, lines, beside } = finding;
  return { id, rule, message, severity, file, line: startLine, lines, beside, commit: provenance?.head ?? null };
}

/** A baseline parted by what a result says of it. */
export interface PrunedBaseline {
  /** What is still found, and what nobody looked at. */
  kept: Baseline;
  /** What was looked for in its file, and is not found any more. */
  pruned: Baseline;
  /** What of `kept` nobody looked at: its file is no part of the evidence or was not read whole, or the worker has no verdict. */
  unjudged: Baseline;
}

/** The baseline without what the result no longer has. Another checkout, which has other files, takes nothing out of it. */
export function pruneBaseline({ version, findings }: Baseline, { workers }: AssessmentResult): PrunedBaseline {
  const found = new Set(
    workers.flatMap((worker) => [...knownAmong(worker.findings, findings, worker.evidence.renames).values()]),
  );
  const judged = workers.filter(({ verdict, error }) => verdict !== 'inconclusive' && error === undefined);
  const isJudged = (entry: BaselineFinding) => judged.some((worker) => wasLookedAt(entry, worker));
  const gone = new Set(findings.filter((entry) => !found.has(entry) && isJudged(entry)));
  return {
    kept: { version, findings: findings.filter((entry) => !gone.has(entry)) },
    pruned: { version, findings: findings.filter((entry) => gone.has(entry)) },
    unjudged: { version, findings: findings.filter((entry) => !gone.has(entry) && !found.has(entry)) },
  };
}

/** Its whole file was read. What is in commits, criteria or logs is other work's, unless it is of the same commit. */
function wasLookedAt({ file, commit }: BaselineFinding, { evidence, provenance }: WorkerAssessment): boolean {
  const { documents, unread, partial, renames } = evidence;
  if (file.startsWith('evidence:') && (commit === null || commit !== provenance?.head)) return false;
  const names = [file, ...renames.filter(({ from }) => from === file).map(({ to }) => to)];
  return names.some((name) => documents.includes(name) && !unread.includes(name) && !partial.includes(name));
}

/**
 * Reads what a baseline file holds, also one of an earlier version.
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

function byFileThenId(a: BaselineFinding, b: BaselineFinding): number {
  const [left, right] = [`${a.file}\0${a.id}`, `${b.file}\0${b.id}`];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
