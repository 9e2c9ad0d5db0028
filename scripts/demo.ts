import { runRLM } from 'rlm-bridge';
import { RunProgress } from '../packages/cli/src/terminal/progress.ts';
import { chooseEnvironment } from './demo/environment.ts';
import { citedPassages } from './demo/evidence.ts';
import { standardLibrary } from './demo/standard-library.ts';

const KEYS = ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'OPENROUTER_API_KEY', 'GEMINI_API_KEY'];
const QUERY =
  'Which function returns a list of the best "good enough" close matches of a word, and what is its default cutoff? ' +
  'Quote the passage, with its file and line numbers as "file, lines a-b".';

const input = await standardLibrary();
console.log(`Input: ${input.names.length} files, ${(input.bytes / 1e6).toFixed(1)} MB, of Python's standard library.`);

const key = KEYS.find((name) => process.env[name]);
console.log(
  key
    ? `Model: the provider of ${key}.`
    : `Model: the offline program, which is not a language model. Set one of ${KEYS.join(', ')} for a real one.`,
);
const sandbox = await chooseEnvironment();
console.log(sandbox.explanation);
console.log(`Query: ${QUERY}\n`);

const run = runRLM({ files: input.files }, QUERY, {
  ...(key ? {} : { backend: 'offline' as const }),
  ...sandbox.options,
  maxBudgetUsd: 1,
});
await new RunProgress(process.stderr, process.env).follow(run);
const result = await run;

if (result.success) {
  console.log(`\nAnswer:\n${result.answer}\n`);
  const passages = await citedPassages(result.answer, input.files);
  for (const { file, firstLine, lastLine, text } of passages) {
    console.log(`Evidence, read back from ${file}, lines ${firstLine}-${lastLine}:\n${text}\n`);
  }
  if (passages.length === 0) console.log('Evidence: the answer names no file and lines of the input.\n');
} else {
  console.error(`\nNo answer (${result.stopReason}): ${result.error.message}`);
  if (result.partialAnswer) console.error(`Best so far: ${result.partialAnswer}`);
  process.exitCode = 1;
}
const cost = result.costUsd === null ? 'unknown (no price for the model)' : `$${result.costUsd.toFixed(6)}`;
console.log(`Iterations: ${result.iterations}   Sub-calls: ${result.subCalls}   Cost: ${cost}`);
console.log(`Tokens: ${result.usage.inputTokens} in, ${result.usage.outputTokens} out`);
console.log(`Log: ${result.logFile ?? 'none'}`);
