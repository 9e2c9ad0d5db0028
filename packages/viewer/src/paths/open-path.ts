import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileStore, type RunStore } from 'rlm-bridge';
import { AssessmentSource } from '../assessment/assessment-source.ts';
import type { ViewSource } from '../model/view-source.ts';
import { LogSource } from '../official-log/log-source.ts';
import { FolderSource, logFiles } from '../sources/folder-source.ts';
import { storeSource } from '../sources/store-source.ts';
import { assessmentIn } from './assessment-in.ts';

/** What is at a path, and which run of it was meant. */
export interface FoundSource {
  /** What a page shows. */
  source: ViewSource;
  /** The one run that the path is of; null: the path is of many. */
  runId: string | null;
}

/** What belongs to a path. */
export interface OpenPathOptions {
  /** The store that the runs of an assessment were kept in. Default: none. */
  store?: RunStore | undefined;
}

/**
 * What a page shows of a path: a log of the official library, a folder of such logs, the folder of a `fileStore`, the journal of
 * one of its runs, or the result of an assessment (`rlm assess --report json=…`).
 * @throws {Error} (as a rejection) when there is nothing of these.
 */
export async function openPath(path: string, { store }: OpenPathOptions = {}): Promise<FoundSource> {
  const at = resolve(path);
  const stats = await stat(at).catch(() => null);
  if (stats === null) throw new Error(`There is nothing at ${path}.`);
  if (stats.isDirectory()) return { source: await folderSource(at, path), runId: null };
  if (basename(at) === 'journal.jsonl' && basename(dirname(dirname(at))) === 'runs') return await journalSource(at);
  const text = await readFile(at, 'utf8');
  const result = await assessmentIn(text, path);
  if (result !== null) return { source: new AssessmentSource(result, { store }), runId: null };
  const source = new LogSource(basename(at), text, stats.mtimeMs);
  const runs = await source.listRuns();
  return { source, runId: runs.length === 1 ? (runs[0]?.id ?? null) : null };
}

async function folderSource(at: string, path: string): Promise<ViewSource> {
  const isStore = await stat(join(at, 'runs'))
    .then((runs) => runs.isDirectory())
    .catch(() => false);
  if (isStore) return storeSource(fileStore(at));
  if ((await logFiles(at)).length > 0) return new FolderSource(at);
  throw new Error(`${path} has neither runs of a store nor logs (*.jsonl) of the official library.`);
}

/** The folder of a run is named by its id, in another writing: its first line has it as it is. */
async function journalSource(at: string): Promise<FoundSource> {
  const [line = ''] = (await readFile(at, 'utf8')).split('\n', 1);
  const header: unknown = JSON.parse(line);
  const { runId, sessionId } = header as { runId?: string; sessionId?: string };
  return { source: storeSource(fileStore(dirname(dirname(dirname(at))))), runId: runId ?? sessionId ?? null };
}
