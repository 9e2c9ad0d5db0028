import type { RunSummary } from './run-summary.ts';
import type { RunView } from './run-view.ts';

/** What a list says of a run, of all that is known of it. */
export function summaryOf(
  { head }: RunView,
  { bytes, changedAt }: Pick<RunSummary, 'bytes' | 'changedAt'>,
): RunSummary {
  const { id, origin, status, query, rootModel, startedAt, spent, durationMs } = head;
  return {
    ...{ id, origin, status, query: query?.head ?? null, rootModel, startedAt, changedAt, bytes },
    ...{ costUsd: spent.costUsd, durationMs },
  };
}
