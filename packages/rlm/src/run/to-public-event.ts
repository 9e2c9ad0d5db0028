import type { WorkerEvent } from '@rlm-bridge/protocol';
import type { RLMCoverage } from '../api/coverage.ts';
import type { RLMEvent } from '../api/events.ts';
import type { RLMStrategy } from '../api/strategy.ts';

/** The worker's event as the public sees it. */
export function toPublicEvent(event: WorkerEvent): RLMEvent {
  const { id, ...rest } = event;
  return { runId: id, ...rest };
}

export function toCoverage(event: Extract<WorkerEvent, { type: 'coverage.measured' }>): RLMCoverage {
  const { type: _type, id: _id, at: _at, ...coverage } = event;
  return coverage;
}

export function toStrategy(event: Extract<WorkerEvent, { type: 'strategy.chosen' }>): RLMStrategy {
  return { chosen: event.strategy, reason: event.reason, contextTokens: event.contextTokens };
}
