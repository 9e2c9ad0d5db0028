import { isInstance } from '@rlm-bridge/callbacks';
import { resolveModels } from 'rlm-bridge';
import { z } from 'zod';
import type { CalibratedJudge, CalibrateOptions, CalibrationResult, Label } from './api/calibration.ts';
import { CalibrationResultSchema } from './api/calibration-schema.ts';
import { AssessError, WorkerError } from './api/errors.ts';
import { DEFAULT_ASSESS_OPTIONS } from './api/options.ts';
import { assessWorkers } from './assess-workers.ts';
import { calibrationOf, hashOf } from './calibration/calibration-of.ts';
import { LabelSchema } from './calibration/labels.ts';
import { worksOf } from './calibration/works.ts';
import { issuesOf } from './evidence/worker-schema.ts';
import { QUERY_VERSION } from './judge/query.ts';
import { criteriaOf } from './judge/rubric.ts';
import { verifierModel, verifierOptions } from './verifier/verifier-options.ts';

const TARGET_PRECISION = 0.8;

const Own = z.object({
  previous: z
    .custom(
      (value) => CalibrationResultSchema.safeParse(value).success,
      'must be what calibrate of this version resolved with',
    )
    .optional(),
  targetPrecision: z.number().gt(0).lt(1).optional(),
});

/**
 * Judges labelled work, as `assessWorkers` would, and says how good the judge is on it: precision and recall for each rule
 * and severity with 95 % intervals, the agreement between samples, what scores are worth, and thresholds that the figures
 * speak for.
 * @param labels What is known of the work; see {@link parseLabels}. Not empty.
 * @throws {AssessError} (as a rejection) for what is wrong before anything is judged.
 * @throws {RLMError} (as a rejection) `missing_api_key` where there is no model to judge.
 * @throws {AssessAbortError} (as a rejection) when the call was aborted.
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 *
 * const labels = parseLabels(await readFile('labels.jsonl', 'utf8'));
 * const result = await calibrate(labels, { presets: ['security'], samples: 3, maxBudgetUsd: 5 });
 * console.log(formatCalibration(result));
 * ```
 */
export async function calibrate(labels: readonly Label[], options: CalibrateOptions = {}): Promise<CalibrationResult> {
  const { previous, targetPrecision = TARGET_PRECISION, ...judging } = options;
  const issues = [...issuesOf(z.array(LabelSchema).min(1), labels, 'labels'), ...issuesOf(Own, options, 'options')];
  if (issues.length > 0) throw new AssessError('invalid_options', `${issues.join(' ')} Nothing was judged.`);
  const works = worksOf(labels);
  // Without a model nothing would be judged, and there are no figures of nothing.
  const judge = judgeOf(options);
  const result = await assessWorkers(
    works.map(({ spec }) => spec),
    judging,
  );
  return calibrationOf(works, result, { judge, targetPrecision, previous: previous ?? null });
}

function judgeOf({
  judge,
  verifier,
  rubric,
  presets,
  samples = DEFAULT_ASSESS_OPTIONS.samples,
  incremental = false,
}: CalibrateOptions): CalibratedJudge {
  const { root, sub } = resolveModels(judge);
  const criteria = criteriaOf({ rubric, presets });
  return {
    rootModel: root.model,
    subModel: sub.model,
    verifier: verifier === undefined ? null : secondModel(verifier, judge),
    samples,
    incremental,
    rubric: criteria.map(({ id }) => id),
    rubricHash: hashOf(criteria),
    queryVersion: QUERY_VERSION,
  };
}

/** Without it nothing would be judged either. */
function secondModel(verifier: NonNullable<CalibrateOptions['verifier']>, judge: CalibrateOptions['judge']): string {
  try {
    return verifierModel(verifierOptions(verifier, judge));
  } catch (cause) {
    if (!isInstance(cause, WorkerError)) throw cause;
    throw new AssessError('invalid_options', cause.message, { cause });
  }
}
