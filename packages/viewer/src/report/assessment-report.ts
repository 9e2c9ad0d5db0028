import type { AssessmentResult, WorkerSpec } from '@rlm-bridge/assess';
import type { RunStore } from 'rlm-bridge';
import { AssessmentSource } from '../assessment/assessment-source.ts';
import { type RunReportOptions, runReport } from './run-report.ts';

/** What stands in the report of an assessment. */
export interface AssessmentReportOptions extends RunReportOptions {
  /** The store that the runs of the assessment were kept in: they stand in the file, too. Default: none. */
  store?: RunStore | undefined;
  /** Which assessment of the store it is. Default: the newest one that judged the same evidence. */
  assessmentId?: string | undefined;
  /** The workers as they were given to `assessWorkers`: the lines of a patch are in it alone. Default: none. */
  workers?: readonly WorkerSpec[] | undefined;
}

/**
 * An assessment as one HTML file, as {@link runReport} makes one of a run. Its findings stand beside six lines of the work on
 * each side: those that the judge had, where `store` has its runs, else those of the work, where it still is what was judged, or of the patch, out of `workers`.
 * @throws {RLMError} (while iterating) what the store does.
 */
export async function* assessmentReport(
  result: AssessmentResult,
  { store, assessmentId, workers, ...options }: AssessmentReportOptions = {},
): AsyncGenerator<string, void, void> {
  const source = new AssessmentSource(result, { store, assessmentId, workers });
  const ids = (await source.readAssessment()).runs.map(({ runId }) => runId);
  yield* runReport(source, ids, options);
}
