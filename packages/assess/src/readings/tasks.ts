import type { ReadingPart } from '../api/events.ts';
import type { Criterion } from '../api/options.ts';
import { type Evidence, type EvidenceDocument, renderDocument } from '../evidence/document.ts';
import { Pace } from '../evidence/pace.ts';
import type { JudgeAnswer, ReadingAnswer } from '../judge/answer.ts';
import { answerCheck } from '../judge/answer-check.ts';
import { weightOf } from '../judge/budget.ts';
import type { Task } from '../judge/judging.ts';
import type { JudgeRequest } from '../judge/request.ts';
import type { Reference } from '../reference/reference.ts';
import { type FoundBefore, findingsBefore } from './merged.ts';
import { type Pair, pairDocument } from './pairs.ts';
import type { Group, ReadingPlan } from './plan.ts';
import { saidDocument } from './said.ts';

/** A part fits into one prompt, where a loop over it would cost more than it. */
const DEFAULTS = { strategy: 'auto' } as const;

/** The reading of one part: all of it must reach a model, whatever is asked of the whole. */
export function readingTask(
  { documents, context, chars, query, schema }: Group,
  { sample, reading }: { sample: number; reading: ReadingPart },
  criteria: readonly Criterion[],
): Task<ReadingAnswer> {
  return {
    sample,
    reading,
    context,
    query,
    schema,
    check: (wasAskedAgain) => answerCheck({ documents }, criteria, wasAskedAgain),
    requireCoverage: 1,
    weight: weightOf(chars),
    defaults: DEFAULTS,
  };
}

/** What the verdict is reached over. */
export interface ToJudge {
  sample: number;
  before: FoundBefore;
  /** Pairs that nobody has judged. */
  pairs: readonly Pair[];
  weight: number;
}

/** The run over what readings say, and over what lies between the parts. */
export async function verdictTask(
  { evidence, request, criteria, plan, reference }: VerdictOf,
  { sample, before, pairs, weight }: ToJudge,
): Promise<Task<JudgeAnswer>> {
  const said = saidDocument(plan.groups, before.readings, before.ofPairs);
  const documents = [said, ...plan.shown, ...pairs.map((pair, at) => pairDocument(pair, at + 1))];
  return {
    sample,
    reading: null,
    context: await rendered(documents),
    query: plan.query,
    schema: request.schema,
    check: (wasAskedAgain) => answerCheck(evidence, criteria, wasAskedAgain, findingsBefore(before)),
    requireCoverage: 1,
    weight,
    defaults: DEFAULTS,
    reference,
  };
}

/** What a verdict is about. */
export interface VerdictOf {
  evidence: Evidence;
  request: JudgeRequest;
  criteria: readonly Criterion[];
  plan: ReadingPlan;
  reference: Reference | null;
}

async function rendered(documents: readonly EvidenceDocument[]): Promise<Record<string, string>> {
  const pace = new Pace();
  const texts: [name: string, text: string][] = [];
  for (const document of documents) texts.push([document.name, await renderDocument(document, pace)]);
  return Object.fromEntries(texts);
}
