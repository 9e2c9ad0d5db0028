import pMap from 'p-map';
import type { Criterion } from '../api/options.ts';
import type { Evidence } from '../evidence/document.ts';
import { Pace } from '../evidence/pace.ts';
import type { ReadingAnswer } from '../judge/answer.ts';
import { weightOf } from '../judge/budget.ts';
import { judgeTask } from '../judge/judge-task.ts';
import type { Judging } from '../judge/judging.ts';
import type { JudgeRequest } from '../judge/request.ts';
import type { Outcome } from '../judge/sample.ts';
import type { Reference } from '../reference/reference.ts';
import { KeptReadings } from './kept-readings.ts';
import { mergedAnswer, unfinishedAnswer } from './merged.ts';
import { findingsByPair } from './pair-findings.ts';
import { type Parts, verdictSize } from './parts.ts';
import type { Group } from './plan.ts';
import { readingTask, verdictTask } from './tasks.ts';

/** Readings of a sample that are made at once. */
export const READINGS_AT_ONCE = 4;

/** A work that is judged by its parts. */
export interface PartedWork {
  evidence: Evidence;
  request: JudgeRequest;
  criteria: readonly Criterion[];
  parts: Parts;
  /** What whoever judges the whole may search; null: nothing. */
  reference: Reference | null;
}

/** One sample: the readings that are not kept, and one run over what all of them say. */
export async function judgeByParts(
  judging: Judging,
  work: PartedWork,
  sample: number,
  mayGoOn: () => boolean,
): Promise<Outcome> {
  const { plan, kept } = work.parts;
  const ofPairs = kept[sample - 1]?.pairs ?? [];
  const made = await readAll(judging, work, sample, mayGoOn);
  const before = {
    readings: made.flatMap((one) => one.sample?.answer ?? []),
    ofPairs: ofPairs.flatMap((findings) => findings ?? []),
  };
  const weight = weightOf(verdictSize(plan, work.request, ofPairs).chars);
  const failed = failureOf(made, mayGoOn);
  if (failed !== null) {
    judging.purse.release(weight);
    const refused = made.flatMap((one) => one.refused ?? []);
    const unread = made.flatMap((one) => one.unread);
    return { sample: null, refused: unfinishedAnswer(before, refused), unread, error: failed };
  }
  const pairs = plan.pairs.filter((_, at) => (ofPairs[at] ?? null) === null);
  const task = await verdictTask({ ...work, plan }, { sample, before, pairs, weight });
  const verdict = await judgeTask(judging, task, mayGoOn);
  if (verdict.sample === null) {
    return { ...verdict, refused: unfinishedAnswer(before, verdict.refused === null ? [] : [verdict.refused]) };
  }
  const { answer, coverage } = verdict.sample;
  const { documents } = work.evidence;
  // What was paid is not lost to an abort.
  const pace = new Pace();
  const readings = new KeptReadings(judging.options);
  for (const [pair, findings] of await findingsByPair(answer.findings, pairs, documents, pace)) {
    await readings.keepPair(pair, plan.pairsBy, sample, findings);
  }
  const least = Math.min(coverage, ...made.map((one) => one.sample?.coverage ?? 0));
  return { ...verdict, sample: { answer: await mergedAnswer(before, answer, documents, pace), coverage: least } };
}

/** Every reading, kept or made, in the order of the groups. Once one has failed none is begun. */
async function readAll(
  judging: Judging,
  { criteria, parts: { plan, kept } }: PartedWork,
  sample: number,
  mayGoOn: () => boolean,
): Promise<Outcome<ReadingAnswer>[]> {
  const readings = new KeptReadings(judging.options);
  const before = kept[sample - 1]?.readings ?? [];
  let hasFailed = false;
  const read = async (group: Group, at: number): Promise<Outcome<ReadingAnswer>> => {
    const known = before[at] ?? null;
    if (known !== null) return { sample: known, refused: null, unread: [], error: null };
    const reading = { number: at + 1, of: plan.groups.length };
    const task = readingTask(group, { sample, reading }, criteria);
    if (hasFailed || !mayGoOn()) {
      judging.purse.release(task.weight);
      return { sample: null, refused: null, unread: [], error: NOT_BEGUN };
    }
    const outcome = await judgeTask(judging, task, () => !hasFailed && mayGoOn());
    if (outcome.error !== null) {
      hasFailed = true;
      const message = `Reading ${reading.number} of ${reading.of} failed: ${outcome.error.message}`;
      return { ...outcome, error: { ...outcome.error, message } };
    }
    judging.metrics.addReadings({ kept: 0, made: 1 });
    if (outcome.sample !== null) await readings.keepReading(group, sample, outcome.sample);
    return outcome;
  };
  judging.metrics.addReadings({ kept: before.filter((one) => one !== null).length, made: 0 });
  return await pMap(plan.groups, read, { concurrency: READINGS_AT_ONCE });
}

const NOT_BEGUN = { code: 'not_begun', message: 'Not begun, for another run of the judge had failed.' };

/** The reason of one that was begun comes first. */
function failureOf(made: readonly Outcome<ReadingAnswer>[], mayGoOn: () => boolean): Outcome['error'] {
  const errors = made.flatMap(({ error }) => error ?? []);
  return errors.find((error) => error !== NOT_BEGUN) ?? errors[0] ?? (mayGoOn() ? null : NOT_BEGUN);
}
