import type { RLMCoverageMeasuredEvent } from 'rlm-bridge';
import type { RLMRecordedContext } from 'rlm-bridge/journal';
import type { CoverageView } from '../model/coverage-view.ts';

/** What is told of calls before anybody has looked for what each read. */
export const NOT_YET = 'Which call read which part has not been worked out yet.';

/** What the run itself measured: how much of each document was read, but not by which call. */
export function measuredCoverage(
  { contextChars, seenFraction, byRole, documents }: RLMCoverageMeasuredEvent,
  context: RLMRecordedContext | null,
  required: number | null,
): CoverageView {
  const isOneText = context?.kind === 'text' || context?.kind === 'file';
  return {
    chars: contextChars,
    fraction: seenFraction,
    byRole,
    required,
    documents: documents.map(({ name, chars, seenFraction: fraction }) => ({
      name: isOneText ? null : name,
      ...{ chars, text: null, fraction },
    })),
    reads: [],
    incomplete: NOT_YET,
  };
}
