import type { RLMCallCompletedEvent, RLMCallReplayedEvent, RLMCallStartedEvent } from './call-events.ts';
import type {
  RLMAnswerRejectedEvent,
  RLMCodeBlockCompletedEvent,
  RLMCodeBlockOutputEvent,
  RLMCodeBlockStartedEvent,
  RLMContextLoadedEvent,
  RLMEnvironmentStartedEvent,
  RLMIterationCompletedEvent,
  RLMIterationStartedEvent,
  RLMToolCompletedEvent,
  RLMToolStartedEvent,
} from './repl-events.ts';
import type {
  RLMCoverageMeasuredEvent,
  RLMLogEvent,
  RLMReplayDivergedEvent,
  RLMRunCompletedEvent,
  RLMRunFailedEvent,
  RLMRunResumedEvent,
  RLMRunStartedEvent,
  RLMStrategyChosenEvent,
} from './run-events.ts';

export type * from './call-events.ts';
export type * from './repl-events.ts';
export type * from './run-events.ts';

/** What happens in a run, in order; exactly one `run.completed` or `run.failed` ends it. Branch on `type`. */
export type RLMEvent =
  | RLMRunStartedEvent
  | RLMEnvironmentStartedEvent
  | RLMContextLoadedEvent
  | RLMIterationStartedEvent
  | RLMIterationCompletedEvent
  | RLMCodeBlockStartedEvent
  | RLMCodeBlockOutputEvent
  | RLMCodeBlockCompletedEvent
  | RLMCallStartedEvent
  | RLMCallCompletedEvent
  | RLMCallReplayedEvent
  | RLMReplayDivergedEvent
  | RLMRunResumedEvent
  | RLMStrategyChosenEvent
  | RLMAnswerRejectedEvent
  | RLMToolStartedEvent
  | RLMToolCompletedEvent
  | RLMCoverageMeasuredEvent
  | RLMLogEvent
  | RLMRunCompletedEvent
  | RLMRunFailedEvent;
