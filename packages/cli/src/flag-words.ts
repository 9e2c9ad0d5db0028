/** What messages of the library call an option, and what a user of the command passes. */
const WORDS = {
  "pass backend: 'offline'": 'pass --backend offline',
  'pass backend and apiKey': 'pass --backend and set its key',
  "backend 'offline'": '--backend offline',
  "backend 'ollama'": '--backend ollama',
  "environment: 'local'": '--environment local',
  'environmentOptions.image': '--image',
  maxBudgetUsdPerWorker: '--worker-budget',
  maxBudgetUsd: '--budget',
  maxIterations: '--max-iterations',
  maxSubCalls: '--max-sub-calls',
  maxToolCalls: '--max-tool-calls',
  maxDurationMs: '--max-duration',
  minAgreement: '--min-agreement',
  minScore: '--min-score',
  failOn: '--fail-on',
  followLinks: '--follow-links',
  outputDir: '--output-dir',
  logDir: '--log-dir',
} as const;

/** Whole words, and none that is part of a path. */
const PATTERN = new RegExp(
  `(?<![\\w/.-])(?:${Object.keys(WORDS).join('|').replaceAll('.', '\\.')})(?![\\w/]|\\.\\w)`,
  'g',
);

/** A message of the library in the words of the command line. */
export function inFlags(message: string): string {
  return message.replaceAll(PATTERN, (option) => WORDS[option as keyof typeof WORDS]);
}
