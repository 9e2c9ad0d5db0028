import { access, constants } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { cacheFolder } from '../python/cache-folder.ts';
import type { CheckOutcome } from './diagnosis.ts';
import { choosePython, type Subject } from './subject.ts';

/** The variable or option that names each folder. */
const SETTINGS = { cache: 'RLM_CACHE_DIR', temp: 'TMPDIR', logs: 'logDir' } as const;

type Use = keyof typeof SETTINGS;

/** Whether this user can write the folders that a run writes. None is made. */
export async function checkFolders(subject: Subject): Promise<CheckOutcome<'folders'>> {
  const { env, options } = subject;
  const { logDir } = options;
  const choice = await choosePython(subject);
  const details = {
    cache: choice.kind === 'own' ? null : await look(cacheFolder(env)),
    temp: await look(env.TMPDIR || tmpdir(), { isMade: false }),
    logs: logDir === false ? null : await look(resolve(logDir)),
  };
  const found = Object.entries(details) as [Use, Awaited<ReturnType<typeof look>> | null][];
  const summary = found.flatMap(([use, folder]) => (folder === null ? [] : [describe(use, folder)])).join('; ');
  // An environment that is there is only read.
  const isRead = (use: Use) => use === 'cache' && choice.kind === 'prepared';
  const missing = found.flatMap(([use, folder]) => (folder?.isWritable === false && !isRead(use) ? [use] : []));
  if (missing.length === 0) return { status: 'ok', summary, advice: null, details };
  // A run goes on without its log, and says so.
  const status = missing.every((use) => use === 'logs') && !subject.prepares ? 'warning' : 'failed';
  return { status, summary, advice: missing.map(advise).join('\n'), details };
}

function describe(use: Use, { path, isWritable }: { path: string; isWritable: boolean }): string {
  return `${use} ${path}, ${isWritable ? 'can be written' : 'cannot be written'}`;
}

function advise(use: Use): string {
  const advice = `Set ${SETTINGS[use]} to a folder with room that this user can write`;
  return use === 'logs' ? `${advice}, or to false (no log).` : `${advice}.`;
}

/** A folder that a run makes can be made where the nearest one above it can be written. */
async function look(path: string, { isMade } = { isMade: true }): Promise<{ path: string; isWritable: boolean }> {
  for (let folder = path; ; folder = dirname(folder)) {
    const code = await access(folder, constants.W_OK | constants.X_OK).then(
      () => null,
      (error: NodeJS.ErrnoException) => error.code,
    );
    if (code === null) return { path, isWritable: true };
    if (!isMade || code !== 'ENOENT' || folder === dirname(folder)) return { path, isWritable: false };
  }
}
