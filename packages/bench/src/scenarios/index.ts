import { chunkAndAggregate } from './chunk-and-aggregate.ts';
import { compaction } from './compaction.ts';
import { errorAndRecovery } from './error-and-recovery.ts';
import { exhausted } from './exhausted.ts';
import { lateAnswer } from './late-answer.ts';
import { needle } from './needle.ts';
import { recursion } from './recursion.ts';
import type { Scenario } from './scenario.ts';

export type { Scenario } from './scenario.ts';

export const SCENARIOS: readonly Scenario[] = [
  needle,
  chunkAndAggregate,
  recursion,
  errorAndRecovery,
  compaction,
  exhausted,
  lateAnswer,
];
