import type { AssessmentResult } from './result.ts';
import type { GatePolicy } from './types.ts';
import { applyDefaults, decide, decideAll } from './verdict.ts';

/** The same assessments under another policy; no model is asked. */
export function applyGate(result: AssessmentResult, policy: GatePolicy): AssessmentResult {
  const workers = result.workers.map((worker) => decide(worker, policy));
  return { ...result, ...decideAll(workers), gate: applyDefaults(policy), workers };
}
