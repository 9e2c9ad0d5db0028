import type { JudgeRequest } from './judge/request.ts';
import type { Parts } from './readings/parts.ts';
import type { ReferenceTree } from './reference/reference-tree.ts';
import type { Assessed, Collected } from './verdict/assessment.ts';
import type { Ungated } from './verdict/verdict.ts';

/** A worker whose evidence is collected: to be judged, or over. */
export type Prepared = {
  workerId: string;
  /** Aborts with the call, or with this worker alone. */
  signal: AbortSignal;
} & (
  | {
      request: JudgeRequest;
      /** Null: it is judged as a whole. */
      parts: Parts | null;
      /** What the judge may search; null: nothing. */
      tree: ReferenceTree | null;
      collected: Collected;
      compared: (assessed: Assessed) => Ungated;
      /** It was judged before in this call: no judgement that is there counts. */
      isAgain: boolean;
    }
  | { request: null; collected: Collected | null; assessed: Ungated }
);

/** One that is to be judged. */
export type ToJudge = Extract<Prepared, { request: JudgeRequest }>;
