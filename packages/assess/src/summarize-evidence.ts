import { resolve } from 'node:path';
import { WorkerError } from './api/errors.ts';
import type { AssessOptions, WorkerSpec } from './api/options.ts';
import type { AssessmentErrorInfo, Omitted, Provenance } from './api/worker-assessment.ts';
import { collectEvidence } from './evidence/collect-evidence.ts';
import { specOf } from './evidence/resolve-worker.ts';
import { charsOf, contextOf } from './judge/context.ts';
import { validateAssessOptions } from './options/validate-options.ts';

/** What a worker would be judged by. */
export interface EvidenceSummary {
  /** Id of the worker, as it was given. */
  workerId: string;
  /** The documents that a model would be shown. */
  documents: {
    /** Name of the document; for a file of the repository its path. */
    name: string;
    /** What it is: `file`, `commits`, `criteria`, `log`, `transcript`, or `overview` of them all. */
    kind: string;
    /** Length of the document in characters, as a model would read it. */
    chars: number;
  }[];
  /** Characters of all documents. */
  chars: number;
  /** What of the work no model would be shown, and why. */
  omitted: readonly Omitted[];
  /** Which work it is; null: none was found. */
  provenance: Provenance | null;
  /** Why there is nothing to judge, so that no model would be asked; null: there is something, or nobody can tell. */
  nothingToJudge: string | null;
  /** Why the evidence could not be collected; null: it was. */
  error: AssessmentErrorInfo | null;
}

/**
 * Collects the evidence and asks no model: for a dry run.
 * @throws {AssessError} (as a rejection) as `assessWorkers`.
 * @example
 * ```ts
 * for (const { workerId, chars } of await summarizeEvidence(['auth'])) console.log(workerId, chars);
 * ```
 */
export async function summarizeEvidence(
  workers: readonly (string | WorkerSpec)[],
  options: AssessOptions = {},
): Promise<EvidenceSummary[]> {
  validateAssessOptions(workers, options);
  const summaries: EvidenceSummary[] = [];
  for (const worker of workers) summaries.push(await summarize(worker, options));
  return summaries;
}

async function summarize(worker: string | WorkerSpec, options: AssessOptions): Promise<EvidenceSummary> {
  const workerId = typeof worker === 'string' ? worker : worker.id;
  const cwd = resolve(options.cwd ?? process.cwd());
  try {
    const spec = await specOf(worker, { ...options, cwd }, options.signal);
    const evidence = await collectEvidence(spec, { ...options, cwd }, options.signal);
    const { omitted, provenance, nothingToJudge } = evidence;
    if (nothingToJudge !== null) {
      return { workerId, documents: [], chars: 0, omitted, provenance, nothingToJudge, error: null };
    }
    const context = contextOf(evidence);
    const kinds = new Map(evidence.documents.map(({ name, kind }) => [name, kind]));
    const documents = Object.entries(context).map(([name, text]) => ({
      name,
      kind: kinds.get(name) ?? 'overview',
      chars: text.length,
    }));
    return {
      workerId,
      documents,
      chars: charsOf(context),
      omitted,
      provenance,
      nothingToJudge,
      error: null,
    };
  } catch (error) {
    if (!(error instanceof WorkerError)) throw error;
    return {
      workerId,
      documents: [],
      chars: 0,
      omitted: [],
      provenance: error.provenance,
      nothingToJudge: null,
      error: { code: error.code, message: error.message },
    };
  }
}
