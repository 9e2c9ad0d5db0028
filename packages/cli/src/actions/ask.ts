import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { given } from '@rlm-bridge/options';
import { thrownText } from '@rlm-bridge/text';
import { fileStore, type JSONValue, type RLMContext, type RLMOptions, runRLM } from 'rlm-bridge';
import { readConfig } from '../configuration/config-file.ts';
import { type ExitCode, UsageError } from '../exit/exit-codes.ts';
import { inFlags } from '../exit/flag-words.ts';
import { newRunOptions, type RunFlags } from '../flags/run-flags.ts';
import { temporaryStore, withPage } from '../terminal/page-beside.ts';
import { type OutputFlags, showRun, untilUnwanted } from '../terminal/run-output.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface AskFlags extends RunFlags, OutputFlags {
  config?: string;
  file?: string;
  files?: string[];
  stdin?: boolean;
  followLinks?: boolean;
  maxFiles?: number;
  maxFileBytes?: number;
  maxBytes?: number;
  store?: string;
  runId?: string;
  view?: boolean;
  schema?: string;
}

/** Answers a question over a file, many files, or what comes in through a pipe. */
export async function ask(query: string, flags: AskFlags, terminal: Terminal): Promise<ExitCode> {
  const context = await contextOf(flags, terminal);
  const config = await readConfig(terminal.cwd, flags.config);
  const schema = flags.schema === undefined ? undefined : await readSchema(resolve(terminal.cwd, flags.schema));
  const folder = await storeFolder(flags, terminal);
  const runId = flags.runId ?? (flags.view ? randomUUID() : undefined);
  const options: RLMOptions<unknown> = {
    ...newRunOptions(config.run, flags),
    signal: untilUnwanted(terminal),
    quiet: flags.quiet === true,
    ...given({ schema, store: folder === undefined ? undefined : fileStore(folder), runId }),
  };
  const run = runRLM<unknown>(context, query, options);
  const show = () => showRun(run, flags, terminal);
  return folder !== undefined && runId !== undefined && flags.view
    ? await withPage(run, { folder, runId }, terminal, show)
    : await show();
}

/** @throws {UsageError} for an id of a run that is kept nowhere. */
async function storeFolder({ store, runId, view }: AskFlags, { cwd }: Terminal): Promise<string | undefined> {
  if (store !== undefined) return resolve(cwd, store);
  if (runId === undefined) return view ? await temporaryStore() : undefined;
  throw new UsageError('--run-id names a run of a store: name its folder by --store.');
}

/** Exactly one input. */
async function contextOf(flags: AskFlags, { cwd, stdin }: Terminal): Promise<RLMContext> {
  const given = [flags.file, flags.files, flags.stdin].filter((input) => input !== undefined);
  if (given.length !== 1) throw new UsageError('Name one input: --file <path>, --files <glob...> or --stdin.');
  const { maxFileBytes, ...ofFiles } = limitsOf(flags);
  if (flags.files !== undefined) return { files: flags.files, cwd, maxFileBytes, ...ofFiles };
  const [wrong] = Object.entries(ofFiles).filter(([, value]) => value !== undefined);
  if (wrong !== undefined) throw new UsageError(`${inFlags(wrong[0])} is for --files.`);
  if (flags.file !== undefined) return { file: resolve(cwd, flags.file), maxFileBytes };
  if (maxFileBytes !== undefined) throw new UsageError('--max-file-bytes is for --file and --files.');
  const piped = await readAll(Readable.from(stdin));
  if (piped === '') throw new UsageError('--stdin: nothing was piped in. Pipe the input in, or name it by --file.');
  return piped;
}

function limitsOf({ maxFileBytes, maxFiles, maxBytes, followLinks }: AskFlags) {
  return { maxFileBytes, maxFiles, maxBytes, followLinks };
}

async function readSchema(path: string): Promise<{ [key: string]: JSONValue }> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`${path}: ${thrownText(error)}`);
  }
}
