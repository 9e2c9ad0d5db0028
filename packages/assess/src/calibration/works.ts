import type { Label } from '../api/calibration.ts';
import { AssessError } from '../api/errors.ts';
import type { WorkerSpec } from '../api/options.ts';

/** Labels that are judged together, and the worker that they are judged as. */
export interface LabelledWork {
  id: string;
  labels: readonly Label[];
  spec: WorkerSpec;
}

/** The works that labels are of. @throws {AssessError} `invalid_options` when labels of one work name several commits. */
export function worksOf(labels: readonly Label[]): LabelledWork[] {
  const groups = Map.groupBy(labels, nameOf);
  return [...groups].map(([id, of]) => ({ id, labels: of, spec: specOf(id, of) }));
}

/**
 * The workers that labels are judged as, one for each work: for a dry run.
 * @throws {AssessError} `invalid_options` when labels of one work name several commits.
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 *
 * const labels = parseLabels(await readFile('labels.jsonl', 'utf8'));
 * for (const { workerId, chars } of await summarizeEvidence(labelledWorkers(labels))) console.log(workerId, chars);
 * ```
 */
export function labelledWorkers(labels: readonly Label[]): WorkerSpec[] {
  return worksOf(labels).map(({ spec }) => spec);
}

function nameOf({ work, commit, repository, file }: Label): string {
  if (work !== undefined) return work;
  if (commit === undefined) return file ?? '';
  return repository === undefined ? commit : `${repository} ${commit}`;
}

function specOf(id: string, labels: readonly Label[]): WorkerSpec {
  const changes = new Set(labels.map(({ commit, base, repository }) => JSON.stringify([commit, base, repository])));
  if (changes.size > 1) {
    throw new AssessError(
      'invalid_options',
      `The labels of the work "${id}" name several commits, bases or repositories. Give each its own work.`,
    );
  }
  const [{ commit, base, repository } = {}] = labels;
  if (commit !== undefined) {
    return { id, branch: commit, base: base ?? `${commit}^`, ...(repository !== undefined && { repository }) };
  }
  const files = new Set(labels.flatMap((one) => [one.file ?? [], ...alsoIn(one)].flat()));
  return { id, files: [...files].map(literally) };
}

function alsoIn(label: Label): string[] {
  return label.label === 'defect' ? (label.alsoAt ?? []).map(({ file }) => file) : [];
}

/** A file's name as a glob that means it alone. */
function literally(path: string): string {
  return path.replaceAll(/[\\*?[\]{}()!+@|]/g, String.raw`\$&`);
}
