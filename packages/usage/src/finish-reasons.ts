/** How many replies ended in each way. */
export interface FinishReasonCounts {
  stop: number;
  length: number;
  refused: number;
  empty: number;
  broken: number;
  unsupported: number;
}

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
