import { BlockedError, isInstance, stoppable } from '@rlm-bridge/callbacks';
import type { AnswerProblem } from '@rlm-bridge/protocol';
import { cut, thrownText } from '@rlm-bridge/text';
import { RLMError } from '../api/errors.ts';
import type { JSONValue } from '../api/json.ts';
import type { AnswerRules } from '../options/run-plan.ts';
import { type SchemaProblem, toldToGiver } from '../schema/problem.ts';
import { MAX_BLOCKING_MS } from '../schema/read-schema.ts';
import { TimeLimitError, withinTime } from './time-limit.ts';

const MAX_PROBLEMS = 20;
const MAX_PATH_CHARS = 200;
const MAX_MESSAGE_CHARS = 1_000;
const MAX_REFUSAL_CHARS = 10_000;

const NOT_CHECKED = 'The answer could not be checked. Go over it yourself, and give it again.';

/** An answer as the worker puts it: its text, and the JSON values that it can be read as, the likeliest first. */
export interface GivenAnswer {
  text: string;
  candidates: readonly unknown[];
}

/** What comes of an answer: what is wrong with it, for the model; or the value that the schema took, as it was given. */
export interface CheckedAnswer {
  problems: AnswerProblem[];
  taken: { value: JSONValue } | null;
}

/** Judges the answers of one run by its `schema` and its `validate`, and remembers the typed value of the last accepted. */
export class AnswerCheck {
  readonly #runId: string;
  readonly #rules: AnswerRules;
  readonly #warn: (message: string) => void;
  #accepted: { text: string; value: unknown } | undefined;

  /** `warn` is told what the caller's own code did wrong: the model is not. */
  constructor(runId: string, rules: AnswerRules, warn: (message: string) => void) {
    this.#runId = runId;
    this.#rules = rules;
    this.#warn = warn;
  }

  /** Without problems it is accepted. Does not reject. */
  async check({ text, candidates }: GivenAnswer, signal: AbortSignal): Promise<CheckedAnswer> {
    const parsed = await this.#guarded('schema', signal, () => this.#parse(text, candidates));
    if (parsed.problems !== undefined) return { problems: parsed.problems, taken: null };
    const { value, candidate } = parsed;
    const judged = await this.#guarded('validate', signal, (within) => this.#judge(value, candidate, within));
    if (judged.problems !== undefined) return { problems: judged.problems, taken: null };
    this.#accepted = { text, value };
    return { problems: [], taken: { value: candidate as JSONValue } };
  }

  /**
   * Takes an answer that was accepted in an earlier life of the run: its schema makes a value of it again, `validate` is
   * not asked again.
   * @throws {RLMError} (as a rejection) `run_mismatch` when the schema does not take it any more.
   */
  async recall(text: string, candidate: unknown): Promise<void> {
    const parsed = await this.#rules.schema?.parse(candidate, this.#rules.timeoutMs);
    if (parsed?.problems === undefined) {
      this.#accepted = { text, value: parsed === undefined ? text : parsed.value };
      return;
    }
    const told = parsed.problems.map(({ path, message }) => `${path || 'it'}: ${message}`).join('; ');
    const advice = 'Give the schema that the run was begun with';
    throw new RLMError(
      'run_mismatch',
      `The answer that was accepted does not fit schema any more (${told}). ${advice}.`,
    );
  }

  /** Whether the caller has any say in what is an answer. */
  get isNeeded(): boolean {
    return this.#rules.schema !== undefined || this.#rules.validate !== undefined;
  }

  /** What the caller gets for an answer; nothing: it is not the one that was accepted last. */
  accepted(text: string): { value: unknown } | undefined {
    return this.#accepted?.text === text ? this.#accepted : undefined;
  }

  /** The first candidate that fits, or the text as it stands; else the problems of the likeliest candidate. */
  async #parse(text: string, candidates: readonly unknown[]): Promise<Outcome> {
    if (this.#rules.schema === undefined) return { value: text, candidate: text };
    let problems: AnswerProblem[] = [];
    for (const candidate of [...candidates, text]) {
      const parsed = await this.#rules.schema.parse(candidate, this.#rules.timeoutMs);
      if (parsed.problems === undefined) return { value: parsed.value, candidate };
      if (problems.length === 0) problems = toProblems(parsed.problems, candidates.length === 0);
    }
    return { problems };
  }

  async #judge(value: unknown, candidate: unknown, signal: AbortSignal): Promise<Outcome> {
    const validate = this.#rules.validate;
    const verdict: unknown = await stoppable(this.#rules.timeoutMs, () =>
      validate?.(value as string, { runId: this.#runId, signal }),
    );
    if (verdict === undefined || verdict === null || verdict === true || verdict === '') return { value, candidate };
    const refusal = typeof verdict === 'string' ? verdict : 'The answer was refused.';
    return { problems: [problem('validate', '', refusal, MAX_REFUSAL_CHARS)] };
  }

  /** Runs the caller's code. When it fails, the model learns no more than that. */
  async #guarded(
    source: 'schema' | 'validate',
    signal: AbortSignal,
    task: (signal: AbortSignal) => Promise<Outcome>,
  ): Promise<Outcome> {
    try {
      return await withinTime(this.#rules.timeoutMs, signal, task);
    } catch (error) {
      if (!signal.aborted) this.#warn(`An answer was refused because ${source} failed: ${this.#why(error, source)}`);
      return { problems: [problem(source, '', NOT_CHECKED, MAX_MESSAGE_CHARS)] };
    }
  }

  #why(error: unknown, source: 'schema' | 'validate'): string {
    const isOurs = source === 'validate' || this.#rules.timeoutMs < MAX_BLOCKING_MS;
    const isLate = isInstance(error, TimeLimitError) || (isOurs && isInstance(error, BlockedError));
    return isLate ? `${error.message} Raise validateTimeoutMs, or make it faster.` : thrownText(error);
  }
}

type Outcome = { value: unknown; candidate: unknown; problems?: never } | { problems: AnswerProblem[] };

function toProblems(problems: SchemaProblem[], isText: boolean): AnswerProblem[] {
  const shown = problems.slice(0, MAX_PROBLEMS).map((found) => {
    const remark = isText ? ' (it was read as plain text, for it is not JSON)' : '';
    return problem('schema', found.path, toldToGiver(found) + remark, MAX_MESSAGE_CHARS);
  });
  const omitted = problems.length - shown.length;
  if (omitted > 0) shown.push(problem('schema', '', `and ${omitted} more problems`, MAX_MESSAGE_CHARS));
  return shown;
}

function problem(source: AnswerProblem['source'], path: string, message: string, maxChars: number): AnswerProblem {
  return { source, path: cut(path, MAX_PATH_CHARS), message: cut(message, maxChars) };
}
