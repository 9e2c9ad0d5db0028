import type { AssessmentResult, WorkerAssessment } from '@rlm-bridge/assess';

/** What messages of the library say in whole phrases, and what a user of the command reads. */
const PHRASES: readonly [option: string, flag: string][] = [
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
  [', or a function, whose modelName and priceProvider, if it has them, are such strings', ''],
  [
    'Give it as { id, worktree | branch | files | diff | outputs }, or set resolve or outputDir.',
    'Name a branch or a worktree in full, or a folder of transcripts by --output-dir.',
  ],
  [', go on with resumeRLM, or begin', ', or begin'],
  [', or fork the run with forkRLM, which any version may', ''],
  [', or begin anew from an iteration with forkRLM, which takes it as it is', ''],
  ['backend must be', '--backend must be'],
  ['given with store', 'given with --store'],
  ['environment must be', '--environment must be'],
  ['npx @rlm-bridge/cli', 'rlm'],
  ["backend 'offline'", '--backend offline'],
  ["backend 'ollama'", '--backend ollama'],
  ["environment: 'local'", '--environment local'],
  ["environment: 'landlock'", '--environment landlock'],
  ["environment: 'auto'", '--environment auto'],
  ["environment 'landlock'", '--environment landlock'],
  ["environment 'docker'", '--environment docker'],
];

/** Options by their names. Those that have no flag stay: a configuration takes them. */
const OPTIONS: Readonly<Record<string, string>> = {
  'environmentOptions.image': '--image',
  rootModel: '--root-model',
  subModel: '--sub-model',
  assessmentId: '--assessment-id',
  maxBudgetUsdPerWorker: '--worker-budget',
  maxBudgetUsd: '--budget',
  maxIterations: '--max-iterations',
  maxSubCalls: '--max-sub-calls',
  maxToolCalls: '--max-tool-calls',
  maxRefusals: '--max-refusals',
  maxDurationMs: '--max-duration',
  minAgreement: '--min-agreement',
  minScore: '--min-score',
  failOn: '--fail-on',
  onError: '--on-error',
  nothingToJudge: '--nothing-to-judge',
  newOnly: '--new-only',
  allowNewSuppressions: '--allow-new-suppressions',
  followLinks: '--follow-links',
  'maxFileBytes of the context': '--max-file-bytes',
  'maxFiles of the context': '--max-files',
  'maxBytes of the context': '--max-bytes',
  maxFileBytes: '--max-file-bytes',
  maxFileChars: '--max-file-chars',
  maxFiles: '--max-files',
  maxBytes: '--max-bytes',
  outputDir: '--output-dir',
  logDir: '--log-dir',
  runId: '--run-id',
};

/** Options of an assessment, by their names in the paths of its validator. */
const OF_ASSESSMENT: Readonly<Record<string, string>> = {
  ...OPTIONS,
  base: '--base',
  exclude: '--exclude',
  samples: '--samples',
  'verifier.model': '--verifier-model',
  'verifier.backend': '--verifier-backend',
  concurrency: '--concurrency',
  scope: '--scope',
  unshown: '--unshown',
  previous: '--previous',
  store: '--store',
};

/** Where the command's user has named nothing of the kind: the options of a call, of its gate, of its judge. */
const PATHS = /\boptions\.(?:gate\.)?(\w+)(?=:)/g;
const JUDGE = /^judge: /;

/** Whole words, and none that is part of a path. */
const PATTERN = new RegExp(
  `(?<![\\w/.-])(?:${Object.keys(OPTIONS).join('|').replaceAll('.', '\\.')})(?![\\w/]|\\.\\w)`,
  'g',
);

/** A message of the library in the words of the command line. */
export function inFlags(message: string): string {
  const phrased = PHRASES.reduce((text, [option, flag]) => text.replaceAll(option, flag), message);
  return phrased
    .replace(JUDGE, '')
    .replaceAll(PATHS, (path, option) => OF_ASSESSMENT[option] ?? path)
    .replaceAll(PATTERN, (option) => OPTIONS[option] ?? option);
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
