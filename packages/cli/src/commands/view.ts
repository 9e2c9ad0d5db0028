import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { printable } from '@rlm-bridge/assess';
import { given } from '@rlm-bridge/options';
import { thrownText } from '@rlm-bridge/text';
import { openPath, openViewer, requirePage, runReport, storeSource, type ViewSource } from '@rlm-bridge/viewer';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { fileStore, type RunStore } from 'rlm-bridge';
import { EXIT, type ExitCode, UsageError } from '../exit/exit-codes.ts';
import { whole } from '../flags/run-flags.ts';
import { ReportFile } from '../reports/report-file.ts';
import { openBrowser } from '../terminal/open-browser.ts';
import type { Terminal } from '../terminal/terminal.ts';

interface ViewFlags {
  store?: string;
  port?: number;
  open: boolean;
  html?: string;
}

const DEFAULT_STORE = 'runs';

const EXAMPLES = `
Examples:
  $ rlm view                              # the runs of the folder runs, live
  $ rlm view treaty --store kept          # one of them
  $ rlm view kept                         # a store by its folder
  $ rlm view logs/rlm.jsonl               # a log of the official library, or a folder of logs
  $ rlm view treaty --html treaty.html    # one file that opens anywhere
  $ rlm view rlm.json --store kept        # the result of an assessment, with the runs that judged

Exit codes: 0 ended by Ctrl-C, or the file is written; 2 wrong usage.`;

/** `rlm view`: the runs of a store as a page on loopback, or one of them as a file. */
export function addView(program: Command, terminal: Terminal, exit: (code: ExitCode) => void): void {
  program
    .command('view')
    .description('Look at runs in the browser, live; or write one into an HTML file')
    .argument(
      '[run]',
      'a run of the store, the folder of a store, a log of the official library, or the result of an assessment',
    )
    .option('--store <folder>', `folder of the store; default: ${DEFAULT_STORE}`)
    .addOption(new Option('--port <n>', 'port of 127.0.0.1; default: one that is free').argParser(port))
    .option('--no-open', 'tell the address, and open no browser')
    .option('--html <file>', 'write the run into one HTML file, and serve nothing')
    .addHelpText('after', EXAMPLES)
    .action(async (target: string | undefined, flags: ViewFlags) => exit(await view(target, flags, terminal)));
}

async function view(target: string | undefined, flags: ViewFlags, terminal: Terminal): Promise<ExitCode> {
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

function port(text: string): number {
  const value = whole(text);
  if (value >= 1 && value <= 65_535) return value;
  throw new InvalidArgumentError('It must be a port, 1 to 65535.');
}
