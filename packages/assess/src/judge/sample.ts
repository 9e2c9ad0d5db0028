import type { RLMResult } from 'rlm-bridge';
import type { z } from 'zod';
import type { AssessmentErrorInfo } from '../api/worker-assessment.ts';
import type { JudgeAnswer } from './answer.ts';

/** One judgement: of a worker, or of a part of its work. */
export interface Sample<Answer = JudgeAnswer> {
  answer: Answer;
  /** Fraction of the evidence that reached a model. */
  coverage: number;
}

/** What came of one run of the judge, or of several that make one judgement. */
export interface Outcome<Answer = JudgeAnswer> {
  /** Null: it is no judgement, and `error` says why. */
  sample: Sample<Answer> | null;
  /** An answer that was refused but can be read: what it found was found. */
  refused: Answer | null;
  /** The documents of which a part reached no model that answered. */
  unread: string[];
  error: AssessmentErrorInfo | null;
}

/** What a run is held against. */
export interface Demands<Answer> {
  schema: z.ZodType<Answer>;
  requireCoverage: number;
  /** How sub-calls ended that were no answer; null: there is none. */
  unheard?: string | null;
}

/**
 * A run that has an answer fitting the schema, over evidence that was read. Anything else is no judgement: also one over
 * evidence that was sent to be read and was not, however little of it `requireCoverage` asks for.
 */
export function readSample<Answer>(
  result: RLMResult<unknown>,
  { schema, requireCoverage, unheard = null }: Demands<Answer>,
): Outcome<Answer> {
  const coverage = result.coverage?.seenFraction ?? 0;
  const unread = unreadOf(result);
  const no = (code: string, message: string, refused: Answer | null): Outcome<Answer> => ({
    sample: null,
    refused,
    unread,
    error: { code, message: `${message}${unread.length > 0 ? ` Not read to the end: ${unread.join(', ')}.` : ''}` },
  });
  if (!result.success) return no(result.error.code, result.error.message, answerIn(result.partialAnswer, schema));
  const parsed = schema.safeParse(result.answer);
  if (!parsed.success) {
    return no('unreadable_answer', 'The judge gave an answer of another shape than was asked for.', null);
  }
  if (coverage < requireCoverage) {
    const read = `${(coverage * 100).toFixed(1)} % of the evidence reached a model`;
    return no('insufficient_coverage', `${read}; ${requireCoverage * 100} % are required.`, parsed.data);
  }
  if (unread.length > 0 && unheard !== null) {
    const message = `Sub-calls that were to read the evidence gave no answer (${unheard}).`;
    return no('evidence_not_read', message, parsed.data);
  }
  return { sample: { answer: parsed.data, coverage }, refused: null, unread, error: null };
}

function unreadOf({ coverage }: RLMResult<unknown>): string[] {
  return (coverage?.documents ?? []).filter(({ seenFraction }) => seenFraction < 1).map(({ name }) => name);
}

function answerIn<Answer>(text: string | null, schema: z.ZodType<Answer>): Answer | null {
  try {
    return schema.safeParse(JSON.parse(text ?? '')).data ?? null;
  } catch {
    return null;
  }
}
