import { calcPrice } from '@pydantic/genai-prices';
import {
  type AssessOptions,
  type EvidenceSummary,
  printable,
  provenanceText,
  summarizeEvidence,
  type WorkerSpec,
} from '@rlm-bridge/assess';
import { resolveModels } from 'rlm-bridge';

/** Characters of code in a token, as a rule of thumb. */
const CHARS_PER_TOKEN = 4;

/** What an assessment would read, and with which models. */
export interface DryRun {
  workers: EvidenceSummary[];
  models: ReturnType<typeof resolveModels>;
  samples: number;
  chars: number;
  /** What reading every character once with the sub model costs; the root model's turns come on top. Null: no known price. */
  leastCostUsd: number | null;
}

/** Reads the work and asks no model. */
export async function dryRun(workers: (string | WorkerSpec)[], options: AssessOptions): Promise<DryRun> {
  const models = resolveModels(options.judge);
  const summaries = await summarizeEvidence(workers, options);
  const samples = options.samples ?? 1;
  const chars = summaries.reduce((sum, summary) => sum + summary.chars, 0);
  const usage = { input_tokens: Math.ceil((chars * samples) / CHARS_PER_TOKEN), output_tokens: 0 };
  const price = calcPrice(usage, models.sub.model);
  return { workers: summaries, models, samples, chars, leastCostUsd: price?.total_price ?? null };
}

/** For people. */
export function formatDryRun({ workers, models, samples, chars, leastCostUsd }: DryRun): string {
  const lines = workers.flatMap(({ workerId, documents, omitted, provenance, error }) => [
    `${workerId}${error === null ? '' : `: ${error.message}`}`,
    ...(provenance === null ? [] : [`  judged     ${provenanceText(provenance)}`]),
    ...documents.map(({ name, chars: length }) => `  ${String(length).padStart(9)}  ${name}`),
    ...omitted.map(({ file, reason, detail }) => `  not read   ${file} (${reason}: ${detail})`),
  ]);
  const cost =
    leastCostUsd === null ? 'unknown: the price table lacks the sub model' : `at least $${leastCostUsd.toFixed(4)}`;
  return [
    ...lines.map(printable),
    '',
    `characters  ${chars}${samples === 1 ? '' : `, read ${samples} times`}`,
    printable(
      `models      root ${models.root.model} (${models.root.backend}), sub ${models.sub.model} (${models.sub.backend})`,
    ),
    `cost        ${cost}, every character read once by the sub model; the root model's turns come on top`,
    'Nothing was asked of any model.',
    '',
  ].join('\n');
}
