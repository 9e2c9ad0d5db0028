import { RLMError } from 'rlm-bridge';
import { BLOCKS, type Filed } from '../model/filed.ts';
import { summaryOf } from '../model/summary-of.ts';
import type { ViewSource } from '../model/view-source.ts';
import { dataBlock } from './data-block.ts';
import { RunFiling } from './filed-run.ts';
import { contentSecurityPolicy, DOCUMENT_END, documentBegin } from './page-document.ts';
import type { PageFiles } from './page-files.ts';

/** What a report is made of. */
export interface ReportRequest {
  title: string;
  /** Ids of runs of the source, which they stand in the file with. */
  runIds: readonly string[];
  /** Characters of the context of a run that stand in the file at most. */
  contextChars: number;
}

/** One HTML file with what a source has, piece by piece: the page and all outlines first, so that it shows them at once. */
export async function* reportOf(
  source: ViewSource,
  page: PageFiles,
  { title, runIds, contextChars }: ReportRequest,
): AsyncGenerator<string, void, void> {
  const listed = new Map((await source.listRuns()).map((summary) => [summary.id, summary]));
  const file: Filed = { runs: [], assessment: await source.readAssessment() };
  const filings: RunFiling[] = [];
  for (const [place, id] of runIds.entries()) {
    // A list does not wait for a journal that takes long to read: of a session it may have no turns yet.
    const line = listed.get(id) ?? listed.get(id.split('#')[0] ?? id);
    if (line === undefined) throw new RLMError('run_not_found', `There is no run "${id}".`);
    const filing = await RunFiling.begin(source, id, place, contextChars);
    filings.push(filing);
    file.runs.push(summaryOf(filing.outline.view, line));
  }
  const blocks = [await dataBlock(BLOCKS.file, file)];
  for (const filing of filings) blocks.push(await filing.outlineBlock());
  const policy = `${contentSecurityPolicy(page, "'none'")}; base-uri 'none'`;
  const head = `<meta http-equiv="Content-Security-Policy" content="${policy}">\n`;
  yield documentBegin(page, { title, head, data: blocks.join('') });
  for (const filing of filings) yield* filing.textBlocks();
  yield DOCUMENT_END;
}
