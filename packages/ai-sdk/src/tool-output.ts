import type { RLMResult } from 'rlm-bridge';

/** What a run has come to so far. */
interface Spent {
  /** Id of the run, as in its events and its log. */
  runId: string;
  /** Iterations that the root model completed. */
  iterations: number;
  /** Model calls made from a REPL at any depth. */
  subCalls: number;
  /** US dollars, as in `RLMResult`: null when any price is unknown. */
  costUsd: number | null;
}

/** What the tool gives: how far the run is, as often as a model call ends, and at last what came of it. */
export type RLMToolOutput<T = string> =
  | ({
      /** The run is under way. */
      state: 'running';
    } & Spent)
  | ({
      /** The run has an answer. */
      state: 'answered';
      /** The answer: text, or with the option `schema` the value that the schema gave. */
      answer: T;
      /** Fraction of the context that a model read, from 0 to 1; null: it was not measured. */
      coverage: number | null;
    } & Spent)
  | ({
      /** The run has no answer. */
      state: 'failed';
      /** Why the run ended, in one word. */
      stopReason: string;
      /** What went wrong and what to do, for a person. */
      error: string;
      /** What the root model held as its answer when the run ended; null when it held none. */
      partialAnswer: string | null;
    } & Spent);

export function finalOutput<T>(result: RLMResult<T>): RLMToolOutput<T> {
  const { runId, iterations, subCalls, costUsd } = result;
  const spent = { runId, iterations, subCalls, costUsd };
  if (result.success) {
    return { state: 'answered', answer: result.answer, coverage: result.coverage?.seenFraction ?? null, ...spent };
  }
  const { stopReason, partialAnswer } = result;
  return { state: 'failed', stopReason, error: result.error.message, partialAnswer, ...spent };
}

/** What the AI SDK says of a call that is over. */
interface ToolResult<T> {
  /** The last that the tool gave. */
  output: RLMToolOutput<T>;
}

/** An output of a tool, as the AI SDK gives it to a model. */
interface ModelOutput {
  /** Whether the text is an answer or says why there is none. */
  type: 'text' | 'error-text';
  /** What the calling model reads. */
  value: string;
}

/** What the calling model is told: the answer alone, or why there is none. */
export function toModelOutput<T>({ output }: ToolResult<T>): ModelOutput {
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
