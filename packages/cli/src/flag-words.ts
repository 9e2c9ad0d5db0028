import type { AssessmentResult, WorkerAssessment } from '@rlm-bridge/assess';

/** What messages of the library say in whole phrases, and what a user of the command reads. */
const PHRASES: readonly [said: string, read: string][] = [
  ["pass backend: 'offline'", 'pass --backend offline'],
  ['pass backend and apiKey', 'pass --backend and set its key'],
  [', or pass apiKey', ''],
  [', or pass subApiKey', ''],
  ['subBaseUrl: backend', 'Backend'],
  ['baseUrl: backend', 'Backend'],
  ['pass subBaseUrl, or set', 'set'],
  ['pass baseUrl, or set', 'set'],
  [", pass { files: ['**'], cwd }", ', name them by --files'],
  ['Check the patterns and pass cwd to search elsewhere', 'Check the patterns, which begin in the current folder'],
  ['; partialAnswer has what there is', ''],
  ['; partialAnswer has it', ''],
  ["a function as the model, backend 'ollama'", '--backend ollama'],
  ['Unknown option "environmentOptions.image"', '--image belongs to --environment docker'],
  ['logDir must be a path, or false', '--log-dir must be a path; --no-log-dir writes no log'],
  ['backend must be', '--backend must be'],
  ['environment must be', '--environment must be'],
  ['npx @rlm-bridge/cli', 'rlm'],
  ["backend 'offline'", '--backend offline'],
  ["backend 'ollama'", '--backend ollama'],
  ["environment: 'local'", '--environment local'],
];

/** Options by their names. Those that have no flag stay: a configuration takes them. */
const OPTIONS: Readonly<Record<string, string>> = {
  'environmentOptions.image': '--image',
  rootModel: '--root-model',
  subModel: '--sub-model',
  maxBudgetUsdPerWorker: '--worker-budget',
  maxBudgetUsd: '--budget',
  maxIterations: '--max-iterations',
  maxSubCalls: '--max-sub-calls',
  maxToolCalls: '--max-tool-calls',
  maxDurationMs: '--max-duration',
  minAgreement: '--min-agreement',
  minScore: '--min-score',
  failOn: '--fail-on',
  onError: '--on-error',
  newOnly: '--new-only',
  followLinks: '--follow-links',
  outputDir: '--output-dir',
  logDir: '--log-dir',
};

/** Whole words, and none that is part of a path. */
const PATTERN = new RegExp(
  `(?<![\\w/.-])(?:${Object.keys(OPTIONS).join('|').replaceAll('.', '\\.')})(?![\\w/]|\\.\\w)`,
  'g',
);

/** A message of the library in the words of the command line. */
export function inFlags(message: string): string {
  const phrased = PHRASES.reduce((text, [said, read]) => text.replaceAll(said, read), message);
  return phrased.replaceAll(PATTERN, (option) => OPTIONS[option] ?? option);
}

/** Why workers were not judged, in the words of the command line; what is said of their work stays as it is. */
export function resultInFlags(result: AssessmentResult): AssessmentResult {
  return { ...result, workers: result.workers.map(workerInFlags) };
}

export function workerInFlags(worker: WorkerAssessment): WorkerAssessment {
  if (worker.error === undefined) return worker;
  const error = { ...worker.error, message: inFlags(worker.error.message) };
  return { ...worker, reason: inFlags(worker.reason), error };
}
