import { resolve } from 'node:path';
import { WorkerError } from './errors.ts';
import { collectEvidence } from './evidence/collect-evidence.ts';
import { charsOf, contextOf } from './judge/context.ts';
import type { AssessmentErrorInfo, Omitted, Provenance } from './result.ts';
import type { AssessOptions, WorkerSpec } from './types.ts';
import { validateAssessOptions } from './validate-options.ts';

/** What a worker would be judged by. */
export interface EvidenceSummary {
  workerId: string;
  documents: { name: string; kind: string; chars: number }[];
  chars: number;
  omitted: readonly Omitted[];
  provenance: Provenance | null;
  /** Why there is nothing to judge, so that no model would be asked; null: there is something, or nobody can tell. */
  nothingToJudge: string | null;
  error: AssessmentErrorInfo | null;
}

/** Collects the evidence and asks no model: for a dry run. @throws {AssessError} (as a rejection) as `assessWorkers`. */
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
    const evidence = await collectEvidence(worker, { ...options, cwd }, options.signal);
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
