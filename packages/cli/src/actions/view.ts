import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { given } from '@rlm-bridge/options';
import { printable, thrownText } from '@rlm-bridge/text';
import { openPath, openViewer, requirePage, runReport, storeSource, type ViewSource } from '@rlm-bridge/viewer';
import { fileStore, type RunStore } from 'rlm-bridge';
import { EXIT, type ExitCode, UsageError } from '../exit/exit-codes.ts';
import { DEFAULT_STORE, type ViewFlags } from '../flags/view-flags.ts';
import { ReportFile } from '../reports/report-file.ts';
import { openBrowser } from '../terminal/open-browser.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Shows the runs of a store as a page on loopback, or one of them as a file. */
export async function view(target: string | undefined, flags: ViewFlags, terminal: Terminal): Promise<ExitCode> {
  await requirePage().catch((error) => {
    throw new UsageError(thrownText(error));
  });
  const { source, runId } = await targetOf(target, flags, terminal);
  if (flags.html !== undefined) {
    if (runId === undefined && source.isLive)
      throw new UsageError('--html writes one run: name it, as rlm runs list does.');
    const ids = runId === undefined ? (await source.listRuns()).map(({ id }) => id) : [runId];
    await writeReport(source, ids, resolve(terminal.cwd, flags.html), terminal);
    return EXIT.ok;
  }
  const { signal } = terminal;
  await using viewer = await openViewer({ source, signal, ...given({ port: flags.port }) });
  const address = runId === undefined ? viewer.url : viewer.urlOf(runId);
  terminal.stdout.write(`${address}\n`);
  terminal.stderr.write('Ctrl-C ends it. Whoever has the address can read every run that it shows.\n');
  if (flags.open) await openBrowser(address, terminal);
  // To be told to end is how it is meant to end.
  terminal.endsWhenTold?.();
  await untilAborted(signal);
  return EXIT.ok;
}

interface Target {
  source: ViewSource;
  runId: string | undefined;
}

/**
 * A path that is there is looked at as it is; with a store, only the result of an assessment, whose runs it has. Anything else is a
 * run of the store.
 * @throws {UsageError}
 */
async function targetOf(target: string | undefined, flags: ViewFlags, { cwd }: Terminal): Promise<Target> {
  const isPath = target !== undefined && (await isThere(resolve(cwd, target)));
  if (isPath && flags.store === undefined) return await ofPath(resolve(cwd, target));
  const folder = flags.store ?? DEFAULT_STORE;
  if (flags.store !== undefined && !(await isThere(resolve(cwd, folder)))) {
    throw new UsageError(`--store ${folder}: there is no such folder.`);
  }
  const store = fileStore(resolve(cwd, folder));
  if (target !== undefined && !(await hasRun(store, target))) {
    const assessment = isPath ? await ofPath(resolve(cwd, target), store) : null;
    if (assessment !== null && !assessment.source.isLive && (await assessment.source.readAssessment()) !== null) {
      return assessment;
    }
    throw new UsageError(`${folder} has no run "${target}": rlm runs list --store ${folder} names those that it has.`);
  }
  return { source: storeSource(store), runId: target };
}

/** @throws {UsageError} for what is neither. */
async function ofPath(path: string, store?: RunStore): Promise<Target> {
  const { source, runId } = await openPath(path, { store }).catch((error) => {
    throw new UsageError(thrownText(error));
  });
  return { source, runId: runId ?? undefined };
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

async function hasRun(store: RunStore, runId: string): Promise<boolean> {
  const [journalId] = runId.split('#');
  for await (const run of store.list()) if (run.runId === journalId) return true;
  return false;
}

async function writeReport(
  source: ViewSource,
  ids: readonly string[],
  path: string,
  { stderr }: Terminal,
): Promise<void> {
  const file = new ReportFile(path);
  await file.requireWritable().catch((error) => {
    throw new UsageError(`--html ${path}: ${thrownText(error)}`);
  });
  await file.write(runReport(source, ids));
  stderr.write(`${printable(path)}\n`);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
