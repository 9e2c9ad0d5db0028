import { type RLMOptions, type RLMResult, resumeRLM, runRLM } from 'rlm-bridge';

type Options = RLMOptions<unknown>;

/** Limits whose end is a run's result: with a higher one it can go on. */
const LIMITS: readonly string[] = ['max_iterations', 'budget', 'tokens', 'duration', 'errors'];

/** What a run that goes on has in its journal, and is not given again. */
const OF_THE_JOURNAL: readonly (keyof Options)[] = [
  'runId',
  'backend',
  'subBackend',
  'environment',
  'environmentOptions',
  'strategy',
  'compaction',
  'promptCaching',
  'typedSubCalls',
  'requireCoverage',
];

/**
 * One run of the judge. Of one that a store has it is the result; it goes on where it has none, or where a limit ended it
 * that is another one now.
 */
export async function runJudge(
  context: Record<string, string>,
  query: string,
  options: Options,
  onStarted: (runId: string) => void,
): Promise<RLMResult<unknown>> {
  const run = runRLM<unknown>(context, query, options);
  onStarted(run.id);
  const result = await run;
  // Asked for only once runRLM has said that it is the same evidence, judged in the same way.
  if (options.store === undefined || result.success || !LIMITS.includes(result.stopReason)) return result;
  const given = Object.entries(options).filter(([name]) => !OF_THE_JOURNAL.some((one) => one === name));
  return await resumeRLM<unknown>(run.id, { ...Object.fromEntries(given), store: options.store });
}
