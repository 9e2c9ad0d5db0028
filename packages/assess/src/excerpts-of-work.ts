import { isAbsolute } from 'node:path';
import { given } from '@rlm-bridge/options';
import { thrownText } from '@rlm-bridge/text';
import type { FindingExcerpt } from './api/excerpt.ts';
import type { WorkerSpec } from './api/options.ts';
import type { Provenance, WorkerAssessment } from './api/worker-assessment.ts';
import { withWork } from './base/given.ts';
import { collectEvidence } from './evidence/collect-evidence.ts';
import { OTHER } from './evidence/document.ts';
import { excerptsOfContext } from './findings/excerpts.ts';
import { contextOf } from './judge/context.ts';

/** What was found of a work that is read once more. */
export interface WorkExcerpts {
  /** Of each finding whose quote is still at its lines. */
  excerpts: FindingExcerpt[];
  /** Why some have none, for a person; null: all have one. */
  missing: string | null;
}

/**
 * Of each verified finding of a worker the lines around its quote, out of the work itself: the commit that was judged, the work
 * tree, the files, or the patch, which is kept nowhere but in the worker as it was given. Reads only, as judging does; a quote
 * that is not at its lines any more has none.
 * @param spec The worker as it was given to `assessWorkers`. Default: of a patch there are no lines.
 */
export async function excerptsOfWork(
  worker: WorkerAssessment,
  spec: Pick<WorkerSpec, 'diff'> = {},
): Promise<WorkExcerpts> {
  const wanted = worker.findings.filter(({ verified }) => verified);
  const excerpts: FindingExcerpt[] = [];
  let missing: string | null = null;
  const left = () => wanted.filter(({ id }) => !excerpts.some(({ findingId }) => findingId === id));
  for (const place of placesOf(worker.provenance, spec, [...new Set(wanted.map(({ file }) => file))])) {
    if (left().length === 0) break;
    try {
      const options = given({ cwd: worker.provenance?.path ?? undefined });
      const again = { id: worker.workerId, ...place };
      const evidence = await withWork(again, options, undefined, async (read, work) => {
        return await collectEvidence(read, options, undefined, work);
      });
      excerpts.push(...excerptsOfContext(left(), await contextOf(evidence)));
    } catch (error) {
      missing ??= thrownText(error);
    }
  }
  const count = left().length;
  if (count === 0) return { excerpts, missing: null };
  return { excerpts, missing: missing ?? (worker.provenance?.path || spec.diff !== undefined ? CHANGED : NOWHERE) };
}

const CHANGED = 'The work is another one now than was judged.';
const NOWHERE = 'The work is not where it could be read again: it was a patch, or its place is not known.';

/** Where the work may be read again, the likeliest first. */
function placesOf(
  provenance: Provenance | null,
  { diff }: Pick<WorkerSpec, 'diff'>,
  files: readonly string[],
): Omit<WorkerSpec, 'id'>[] {
  if (provenance?.source === 'diff') return diff === undefined ? [] : [{ diff }];
  if (provenance === null || provenance.path === null) return [];
  const { source, path, base, head, dirty } = provenance;
  const from = base === null ? {} : { base };
  const commit = head === null ? [] : [{ repository: path, branch: head, ...from }];
  switch (source) {
    case 'branch':
      return commit;
    case 'worktree':
      return dirty === false ? commit : [{ worktree: path, ...from }, ...commit];
    case 'files':
      return files.filter((file) => !file.startsWith(OTHER) && !isAbsolute(file)).map((file) => ({ files: [file] }));
    case 'outputs':
      return [];
  }
}
