import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunSummary } from '../model/run-summary.ts';
import type { RunView } from '../model/run-view.ts';
import type { TextRef } from '../model/texts.ts';
import type { ViewSource } from '../model/view-source.ts';
import { LogSource } from '../official-log/log-source.ts';

/** A larger log is in the list by its name alone. */
const MOST_LISTED_BYTES = 16 * 1024 * 1024;

/** Logs whose content a list tells: the newest. */
const MOST_LISTED = 500;

/** Logs that are kept open. */
const MOST_OPEN = 4;

interface LogFile {
  name: string;
  bytes: number;
  changedAt: number;
}

/** What a page shows of a folder of logs of the official library. */
export class FolderSource implements ViewSource {
  readonly isLive = false;
  readonly #folder: string;
  /** In the order of their use, each by its name, size and time. */
  readonly #open = new Map<string, LogSource>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async listRuns(): Promise<RunSummary[]> {
    const files = await logFiles(this.#folder);
    const runs: RunSummary[] = [];
    for (const [place, file] of files.entries()) {
      const isRead = place < MOST_LISTED && file.bytes <= MOST_LISTED_BYTES;
      // A log that cannot be read is in the list all the same: opened, it says what is wrong.
      const listed = isRead
        ? await this.#log(file)
            .then((log) => log.listRuns())
            .catch(() => [])
        : [];
      runs.push(...(listed.length === 0 ? [unread(file)] : listed));
    }
    return runs;
  }

  async readRun(id: string): Promise<RunView> {
    return await (await this.#logOf(id)).readRun(id);
  }

  async followRun(id: string, onRun: (view: RunView) => void): Promise<void> {
    onRun(await this.readRun(id));
  }

  async readText(runId: string, text: TextRef, start?: number, end?: number): Promise<string> {
    return await (await this.#logOf(runId)).readText(runId, text, start, end);
  }

  async readAssessment(): Promise<null> {
    return null;
  }

  /** Only a log that the folder has is opened, whatever the id. */
  async #logOf(id: string): Promise<LogSource> {
    const files = await logFiles(this.#folder);
    const file = files.find(({ name }) => name === id) ?? files.find(({ name }) => name === id.replace(/#\d+$/, ''));
    if (file === undefined) throw new Error(`The folder has no log of the run "${id}".`);
    return await this.#log(file);
  }

  async #log(file: LogFile): Promise<LogSource> {
    const key = JSON.stringify(file);
    const path = join(this.#folder, file.name);
    const log = this.#open.get(key) ?? new LogSource(file.name, await readFile(path, 'utf8'), file.changedAt);
    this.#open.delete(key);
    this.#open.set(key, log);
    const [oldest] = this.#open.keys();
    if (this.#open.size > MOST_OPEN && oldest !== undefined) this.#open.delete(oldest);
    return log;
  }
}

/** The logs of a folder, the newest first; links are not followed. */
export async function logFiles(folder: string): Promise<LogFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.jsonl')).map(({ name }) => name);
  const files = await Promise.all(
    names.map(async (name) => {
      const { size: bytes, mtimeMs: changedAt } = await stat(join(folder, name));
      return { name, bytes, changedAt };
    }),
  );
  return files.sort((a, b) => b.changedAt - a.changedAt || b.name.localeCompare(a.name));
}

function unread({ name, bytes, changedAt }: LogFile): RunSummary {
  const nothing = { status: null, query: null, rootModel: null, startedAt: null, costUsd: null, durationMs: null };
  return { id: name, origin: 'official-log', ...nothing, changedAt, bytes };
}
