/**
 * How a reply ended, whatever the provider calls it: `stop`, by itself with text; `length`, cut at its bound; `refused`,
 * by the model or a filter; `empty`, without text; `broken`, off before its end; `unsupported`, asking for a tool or a
 * pause, which are not offered.
 */
export type RLMFinishReason = 'stop' | 'length' | 'refused' | 'empty' | 'broken' | 'unsupported';

export type FinishReasonCounts = Record<RLMFinishReason, number>;

export function noFinishReasons(): FinishReasonCounts {
  return { stop: 0, length: 0, refused: 0, empty: 0, broken: 0, unsupported: 0 };
}

export function plusFinishReasons(a: FinishReasonCounts, b: FinishReasonCounts): FinishReasonCounts {
  return {
    stop: a.stop + b.stop,
    length: a.length + b.length,
    refused: a.refused + b.refused,
    empty: a.empty + b.empty,
    broken: a.broken + b.broken,
    unsupported: a.unsupported + b.unsupported,
  };
}
