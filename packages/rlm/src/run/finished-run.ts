import type { RunStore } from '../api/run-store.ts';
import { AnswerCheck } from '../host/answer-check.ts';
import { readRun } from '../journal/journal-reader.ts';
import type { End, JournalState } from '../journal/journal-state.ts';
import { fromJournalEnd } from '../journal/run-ends.ts';
import type { AnswerRules } from '../options/run-plan.ts';
import type { RunEnd } from '../worker/run-end.ts';
import { EarlierLives } from './earlier-lives.ts';
import type { RunEvents } from './run-events.ts';

/** The end of a run that has its result, from its journal alone: no worker, no model, no money. */
export async function finishedRun(
  events: RunEvents,
  store: RunStore,
  { header, lives, records, endedAfterMs }: JournalState,
  end: End,
  rules: AnswerRules,
): Promise<RunEnd> {
  const answers = new AnswerCheck(events.runId, rules, (message) => events.warn(message));
  events.fold.priceTable = header.versions.priceTable;
  events.fold.lives = lives;
  events.fold.journal = 'complete';
  // The last record is its end, which is told as every run's.
  await new EarlierLives(() => readRun(store, events.runId), events, records - 1).recall(answers);
  const value = end.kind === 'answered' ? answers.accepted(end.answer)?.value : undefined;
  return fromJournalEnd(end, endedAfterMs, value);
}
