import { given } from '@rlm-bridge/options';
import { AssessError } from '../api/errors.ts';
import type { GatePolicy } from '../api/options.ts';
import type { AssessmentResult } from '../api/result.ts';
import { AssessmentResultSchema } from '../api/result-schema.ts';
import { applyDefaults, decide, decideAll } from './verdict.ts';

/**
 * The same assessments under another policy; no model is asked.
 * @throws {AssessError} `invalid_result` when the result is not one of this version: what it does not say would pass.
 * @example
 * ```ts
 * const result = await assessWorkers(['auth']);
 * const strict = applyGate(result, { failOn: 'medium', minScore: 70 });
 * process.exitCode = exitCodeOf(strict);
 * ```
 */
export function applyGate(result: AssessmentResult, policy: GatePolicy): AssessmentResult {
  const { success, error: invalid } = AssessmentResultSchema.safeParse(result);
  if (!success) {
    const [issue] = invalid.issues;
    const described = `${issue?.path.join('.')}: ${issue?.message}`;
    throw new AssessError(
      'invalid_result',
      `The result is not one of this version (${described}). Judge the work again.`,
    );
  }
  const workers = result.workers.map((worker) => decide(worker, policy));
  const { error: _, ...rest } = result;
  const error = workers.find((worker) => worker.error !== undefined)?.error;
  return { ...rest, ...decideAll(workers), gate: applyDefaults(policy), workers, ...given({ error }) };
}
