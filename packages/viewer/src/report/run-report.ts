import { RLMError, type RunStore } from 'rlm-bridge';
import type { ViewSource } from '../model/view-source.ts';
import { storeSource } from '../sources/store-source.ts';
import { readPageFiles } from './page-files.ts';
import { reportOf } from './report.ts';

/** What stands in a report. */
export interface RunReportOptions {
  /** Characters of the context that stand in the file at most; of larger ones the longest documents are left out. Default: 64,000,000. */
  contextChars?: number | undefined;
}

/** Contexts up to this many characters are whole in a file. */
export const CONTEXT_CHARS = 64_000_000;

/**
 * A run, or several, as one HTML file that opens anywhere: script, style and data are in it, and it asks for nothing. It comes in
 * pieces, so that a large run need not be in memory: `await writeFile('run.html', runReport(store, id))`.
 * @param from The store of the run, or any other source that has it.
 * @throws {RLMError} (while iterating) `run_not_found`, `journal_corrupted`, `store_failed`.
 */
export async function* runReport(
  from: RunStore | ViewSource,
  runId: string | readonly string[],
  { contextChars = CONTEXT_CHARS }: RunReportOptions = {},
): AsyncGenerator<string, void, void> {
  if (!(contextChars >= 0)) throw new RLMError('invalid_options', 'contextChars must be a number of at least 0.');
  const source = 'listRuns' in from ? from : storeSource(from);
  const runIds = [runId].flat();
  const assessment = await source.readAssessment();
  const title = assessment === null ? titleOf(runIds) : `Assessment: ${assessment.result.verdict}`;
  yield* reportOf(source, await readPageFiles(), { title, runIds, contextChars });
}

function titleOf(ids: readonly string[]): string {
  return ids.length === 1 ? `Run ${ids[0]}` : `${ids.length} runs`;
}
