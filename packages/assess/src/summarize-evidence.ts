import { resolve } from 'node:path';
import { WorkerError } from './api/errors.ts';
import { type AssessOptions, DEFAULT_ASSESS_OPTIONS, type WorkerSpec } from './api/options.ts';
import type { AssessmentErrorInfo, Omitted, Provenance } from './api/worker-assessment.ts';
import { type Given, idOf, withWork, workersOf } from './base/given.ts';
import type { WorkBase } from './base/work-base.ts';
import { collectEvidence } from './evidence/collect-evidence.ts';
import { judgeRequest } from './judge/request.ts';
import { criteriaOf } from './judge/rubric.ts';
import { validateAssessOptions } from './options/validate-options.ts';
import { partsOf, readingsOf, runsOf } from './readings/parts.ts';
import { KeptJudgements } from './reference/kept-judgements.ts';
import { referenceOf } from './reference/reference-of.ts';
import { judgeableDimensions } from './verdict/score.ts';
import { whyUnshown } from './verdict/unshown.ts';

/** What a worker would be judged by. */
export interface EvidenceSummary {
  /** Id of the worker, as it was given. */
  workerId: string;
  /** The documents that a model would be shown. */
  documents: {
    /** Name of the document; for a file of the repository its path. */
    name: string;
    /** What it is: `file`, `moves`, `commits`, `criteria`, `log`, `transcript`, or `overview` of them all. */
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
  /**
   * Whether models would be asked: `new`, they would; `kept`, a judgement of equal work is kept; `equal`, an earlier worker
   * of the list has equal work, and its judgement serves both. Null: nothing would be judged.
   */
  judgement: 'new' | 'kept' | 'equal' | null;
  /** What each run of the judge would be given, of all samples; empty where no model would be asked. */
  runs: readonly {
    /** Characters of its documents; of a verdict over readings, about. */
    chars: number;
    /** How many documents it would be given. */
    documents: number;
  }[];
  /** Under `incremental`, readings of parts in all samples; null: it would be judged as a whole, or not at all. */
  readings: {
    /** Readings that are kept from before. */
    kept: number;
    /** Readings that models would be asked for. */
    toMake: number;
  } | null;
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
  workers: readonly (string | WorkerSpec | WorkBase)[],
  options: AssessOptions = {},
): Promise<EvidenceSummary[]> {
  validateAssessOptions(workersOf(workers), options);
  const judgements = new KeptJudgements(options, criteriaOf(options));
  const works = new Set<string>();
  const summaries: EvidenceSummary[] = [];
  for (const given of workers) summaries.push(await summarize(given, options, { judgements, works }));
  return summaries;
}

/** What is known of the judgements that an assessment would come to. */
interface Known {
  judgements: KeptJudgements;
  /** Of the workers before. */
  works: Set<string>;
}

const NOTHING = {
  documents: [],
  chars: 0,
  omitted: [],
  nothingToJudge: null,
  judgement: null,
  runs: [],
  readings: null,
};

async function summarize(given: Given, options: AssessOptions, { judgements, works }: Known): Promise<EvidenceSummary> {
  const workerId = idOf(given);
  const cwd = resolve(options.cwd ?? process.cwd());
  const nothing = { ...NOTHING, workerId };
  try {
    const evidence = await withWork(given, { ...options, cwd }, options.signal, async (spec, work) => {
      return await collectEvidence(spec, { ...options, cwd }, options.signal, work);
    });
    const { omitted, provenance, nothingToJudge } = evidence;
    if (nothingToJudge !== null) return { ...nothing, omitted, provenance, nothingToJudge, error: null };
    const dimensions = judgeableDimensions(evidence.documents);
    const tree = referenceOf(provenance, options);
    const asking = { signal: options.signal, beside: tree };
    const request = await judgeRequest(evidence, dimensions, criteriaOf(options), asking);
    const kinds = new Map(evidence.documents.map(({ name, kind }) => [name, kind]));
    const documents = Object.entries(request.context).map(([name, text]) => ({
      name,
      kind: kinds.get(name) ?? 'overview',
      chars: text.length,
    }));
    const isKept = (await judgements.find(request, options.incremental === true, tree)) !== null;
    const judgement = isKept ? 'kept' : works.has(request.equal) ? 'equal' : 'new';
    works.add(request.equal);
    const found = { ...nothing, documents, chars: request.chars, omitted, provenance, judgement, error: null } as const;
    if (judgement !== 'new') return found;
    const parts = await partsOf(evidence, request, criteriaOf(options), options, options.signal);
    const runs = runsOf(request, parts, options.samples ?? DEFAULT_ASSESS_OPTIONS.samples);
    return { ...found, runs, readings: parts && readingsOf(parts) };
  } catch (error) {
    if (!(error instanceof WorkerError)) throw error;
    const { code, message, omitted, provenance } = error;
    const known = { ...nothing, omitted, provenance };
    if (omitted.length > 0 && options.gate?.unshown === 'pass') {
      return { ...known, nothingToJudge: whyUnshown(omitted), error: null };
    }
    return { ...known, error: { code, message } };
  }
}
