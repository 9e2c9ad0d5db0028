import type { AssessmentResult } from '@rlm-bridge/assess';
import { memoryStore, type RunStore } from 'rlm-bridge';
import { assessmentView } from '../assessment/assessment-view.ts';
import type { ViewSource } from '../model/view-source.ts';
import { storeSource } from '../sources/store-source.ts';
import { type RunReportOptions, sourceReport } from './run-report.ts';

/** What stands in the report of an assessment. */
export interface AssessmentReportOptions extends RunReportOptions {
  /** The store that the runs of the assessment were kept in: they stand in the file, too. Default: none. */
  store?: RunStore | undefined;
}

/**
 * An assessment as one HTML file, as {@link runReport} makes one of a run.
 * @throws {RLMError} (while iterating) what the store does.
 */
export async function* assessmentReport(
  result: AssessmentResult,
  { store, ...options }: AssessmentReportOptions = {},
): AsyncGenerator<string, void, void> {
  const view = await assessmentView(result, store);
  const runs = storeSource(store ?? memoryStore());
  const source: ViewSource = {
    isLive: false,
    listRuns: () => runs.listRuns(),
    readRun: (id) => runs.readRun(id),
    followRun: (id, onRun, signal) => runs.followRun(id, onRun, signal),
    readText: (id, text, start, end) => runs.readText(id, text, start, end),
    readAssessment: async () => view,
  };
  const ids = view.runs.map(({ runId }) => runId);
  yield* sourceReport(source, ids, `Assessment: ${result.verdict}`, options);
}
