import type { RLMResult } from 'rlm-bridge';
import { WorkerError } from '../errors.ts';
import type { JudgeAnswer } from './answer.ts';

/** One judgement of a worker. */
export interface Sample {
  answer: JudgeAnswer;
  /** Fraction of the evidence that reached a model. */
  coverage: number;
}

/** A run that has an answer fitting the schema, over evidence that was read. Anything else is no judgement. */
export function readSample(
  result: RLMResult<unknown>,
  {
    schema,
    requireCoverage,
  }: { schema: { safeParse(value: unknown): { success: boolean; data?: JudgeAnswer } }; requireCoverage: number },
): Sample {
  if (!result.success) throw new RunFailure(result.error.code, result.error.message);
  const parsed = schema.safeParse(result.answer);
  if (!parsed.success || parsed.data === undefined) {
    throw new WorkerError('unreadable_answer', 'The judge gave an answer of another shape than was asked for.');
  }
  const coverage = result.coverage?.seenFraction ?? 0;
  if (coverage < requireCoverage) {
    const read = `${(coverage * 100).toFixed(1)} % of the evidence reached a model`;
    throw new WorkerError('insufficient_coverage', `${read}; ${requireCoverage * 100} % are required.`);
  }
  return { answer: parsed.data, coverage };
}

/** The run failed; `code` is the run's. */
export class RunFailure extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
