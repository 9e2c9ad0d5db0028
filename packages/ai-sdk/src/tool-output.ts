import type { RLMResult } from 'rlm-bridge';

/** What a run has come to so far. */
interface Spent {
  runId: string;
  iterations: number;
  subCalls: number;
  /** As in `RLMResult`: null when any price is unknown. */
  costUsd: number | null;
}

/** What the tool gives: how far the run is, as often as a model call ends, and at last what came of it. */
export type RLMToolOutput<T = string> =
  | ({ state: 'running' } & Spent)
  | ({
      state: 'answered';
      answer: T /** Fraction of the context that a model read. */;
      coverage: number | null;
    } & Spent)
  | ({ state: 'failed'; stopReason: string; error: string; partialAnswer: string | null } & Spent);

export function finalOutput<T>(result: RLMResult<T>): RLMToolOutput<T> {
  const { runId, iterations, subCalls, costUsd } = result;
  const spent = { runId, iterations, subCalls, costUsd };
  if (result.success) {
    return { state: 'answered', answer: result.answer, coverage: result.coverage?.seenFraction ?? null, ...spent };
  }
  const { stopReason, partialAnswer } = result;
  return { state: 'failed', stopReason, error: result.error.message, partialAnswer, ...spent };
}

type ModelOutput = { type: 'text' | 'error-text'; value: string };

/** What the calling model is told: the answer alone, or why there is none. */
export function toModelOutput<T>({ output }: { output: RLMToolOutput<T> }): ModelOutput {
  switch (output.state) {
    case 'running':
      return { type: 'error-text', value: 'The run has not come to its end.' };
    case 'answered':
      return { type: 'text', value: asText(output.answer) };
    case 'failed': {
      const best = output.partialAnswer === null ? '' : ` The best so far, not checked: ${output.partialAnswer}`;
      return { type: 'error-text', value: `No answer (${output.stopReason}): ${output.error}${best}` };
    }
  }
}

function asText(answer: unknown): string {
  return typeof answer === 'string' ? answer : (JSON.stringify(answer) ?? String(answer));
}
