import {
  type AssessOptions,
  type EvidenceSummary,
  provenanceText,
  summarizeEvidence,
  type WorkBase,
  type WorkerSpec,
} from '@rlm-bridge/assess';
import { counted, printable } from '@rlm-bridge/text';
import { RLMError, resolveModels } from 'rlm-bridge';
import { type CostEstimate, estimateCost } from './cost-estimate.ts';

/** What an assessment would read, and with which models. */
export interface DryRun {
  workers: EvidenceSummary[];
  models: ReturnType<typeof resolveModels>;
  samples: number;
  /** The model that would take second looks; null: none. What these cost hangs on what is found, and is no part of the estimate. */
  verifier: string | null;
  /** Characters that models would be given, in each sample. */
  chars: number;
  /** Whether no key was there, and the models are those that a first key would choose. */
  isAssumed: boolean;
  estimate: CostEstimate;
}

/** Reads the work and asks no model. */
export async function dryRun(
  workers: readonly (string | WorkerSpec | WorkBase)[],
  options: AssessOptions,
): Promise<DryRun> {
  const { models, isAssumed } = modelsOf(options.judge);
  const summaries = await summarizeEvidence(workers, options);
  const samples = options.samples ?? 1;
  const runs = summaries.flatMap((summary) => summary.runs);
  const chars = Math.round(runs.reduce((sum, run) => sum + run.chars, 0) / samples);
  const estimate = estimateCost({ judgements: runs, ...models, prices: options.judge?.prices });
  const verifier = options.verifier === undefined ? null : nameOf(options.verifier.model);
  return { workers: summaries, models, isAssumed, samples, verifier, chars, estimate };
}

function nameOf(model: NonNullable<AssessOptions['verifier']>['model']): string {
  return typeof model === 'string' ? model : 'a function';
}

/** A job of a fork has no key, and is told what a job with one would do. */
function modelsOf(judge: AssessOptions['judge']): Pick<DryRun, 'models' | 'isAssumed'> {
  try {
    return { models: resolveModels(judge), isAssumed: false };
  } catch (error) {
    if (!RLMError.isInstance(error) || error.code !== 'missing_api_key') throw error;
    const backend = judge?.backend ?? 'anthropic';
    return { models: resolveModels({ ...judge, backend, apiKey: 'none', subApiKey: 'none' }), isAssumed: true };
  }
}

function workerLines(summary: EvidenceSummary): string[] {
  const { workerId, documents, omitted, provenance, nothingToJudge, judgement, readings, error } = summary;
  const parts = readings === null ? [] : [`${counted(readings.toMake, 'reading')} to make, ${readings.kept} kept`];
  return [
    `${workerId}${error === null ? '' : `: ${error.message}`}`,
    ...(nothingToJudge === null ? [] : [`  nothing to judge: ${nothingToJudge}`]),
    ...(judgement === 'kept' ? ['  judged before: the judgement is kept, and no model is asked'] : []),
    ...(judgement === 'equal' ? ['  the same work as one above, which is judged once'] : []),
    ...parts.map((line) => `  judged by parts: ${line}`),
    ...(provenance === null ? [] : [`  judged     ${provenanceText(provenance)}`]),
    ...documents.map(({ name, chars }) => `  ${String(chars).padStart(9)}  ${name}`),
    ...omitted.map(({ file, reason, detail }) => `  not read   ${file} (${reason}: ${detail})`),
  ];
}

const NO_VERDICT = 'verdict     none: --backend offline is no model, and judges nothing';

/** A dry run as text for people: the documents of each worker, the models, the estimate. */
export function formatDryRun({ workers, models, isAssumed, samples, verifier, chars, estimate }: DryRun): string {
  const lines = workers.flatMap(workerLines);
  const { inputTokens, outputTokens, costUsd } = estimate;
  const cost =
    costUsd === null
      ? 'unknown: a model has no list price'
      : `$${costUsd.least.toFixed(4)} to $${costUsd.most.toFixed(4)}, the turns of the root model included`;
  const key = isAssumed ? '; no key is set, so these are a guess' : '';
  return [
    ...lines.map(printable),
    '',
    `characters  ${chars}${samples === 1 ? '' : `, read ${samples} times`}`,
    printable(
      `models      root ${models.root.model} (${models.root.backend}), sub ${models.sub.model} (${models.sub.backend})${key}`,
    ),
    `tokens      ${inputTokens.least} to ${inputTokens.most} in, ${outputTokens.least} to ${outputTokens.most} out`,
    `cost        ${cost}`,
    ...(verifier === null
      ? []
      : [printable(`verifier    ${verifier}: one call for each finding that would fail, which the cost leaves out`)]),
    ...(models.root.backend === 'offline' || models.sub.backend === 'offline' ? [NO_VERDICT] : []),
    'Nothing was asked of any model.',
    '',
  ].join('\n');
}
