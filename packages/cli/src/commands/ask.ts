import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { given } from '@rlm-bridge/options';
import { thrownText } from '@rlm-bridge/text';
import { type Command, Option } from 'commander';
import { fileStore, type JSONValue, type RLMContext, type RLMOptions, runRLM } from 'rlm-bridge';
import { readConfig } from '../configuration/config-file.ts';
import { type ExitCode, UsageError } from '../exit/exit-codes.ts';
import { inFlags } from '../exit/flag-words.ts';
import { addRunFlags, atLeastOne, newRunOptions, type RunFlags } from '../flags/run-flags.ts';
import { temporaryStore, withPage } from '../terminal/page-beside.ts';
import { addOutputFlags, type OutputFlags, showRun, untilUnwanted } from '../terminal/run-output.ts';
import type { Terminal } from '../terminal/terminal.ts';

interface AskFlags extends RunFlags, OutputFlags {
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

const EXAMPLES = `
Examples:
  $ rlm ask "Which function is the slowest?" --files 'src/**/*.ts' '!**/*.test.ts'
  $ rlm ask "What went wrong at 14:02?" --file server.log --budget 0.50
  $ rlm ask "Who signed?" --files '*.txt' --store runs --run-id treaty   # again after a kill: it goes on
  $ git diff main | rlm ask "Which change could lose data?" --stdin --json

Exit codes: 0 answered, 2 wrong usage, 3 no answer, 130 and 143 on signals, 141 when nobody reads the output any more.`;

/** `rlm ask`: a question over a file, many files, or what comes in through a pipe. */
export function addAsk(program: Command, terminal: Terminal, exit: (code: ExitCode) => void): void {
  const command = program
    .command('ask')
    .description('Answer a question over long input')
    .argument('<query>', 'the question')
    .optionsGroup('Input:')
    .option('--file <path>', 'one UTF-8 file, of any length')
    .option('--files <glob...>', 'files by glob; a leading ! excludes')
    .option('--stdin', 'what is piped in')
    .option('--follow-links', 'read what is behind links that leave the folder, for --files')
    .addOption(new Option('--max-files <n>', 'most files, for --files; default: 50000').argParser(atLeastOne))
    .addOption(new Option('--max-file-bytes <n>', 'largest file; default: 500000000').argParser(atLeastOne))
    .addOption(new Option('--max-bytes <n>', 'most in all, for --files; default: 1000000000').argParser(atLeastOne))
    .optionsGroup('Going on after a kill:')
    .option('--store <folder>', 'keep the run there; with --run-id it goes on, or gives its result again')
    .option('--run-id <id>', 'name of the run; default: a random one')
    .optionsGroup('Output:')
    .option('--view', 'look at it in the browser while it works; it is kept in --store, or in a temporary folder')
    .option('--schema <file>', 'JSON Schema of the answer: it is printed as JSON that fits it')
    .option('--config <file>', 'configuration; default: the nearest rlm.config.{json,yaml}');
  addOutputFlags(command);
  addRunFlags(command)
    .addHelpText('after', EXAMPLES)
    .action(async (query: string, flags: AskFlags) => exit(await ask(query, flags, terminal)));
}

async function ask(query: string, flags: AskFlags, terminal: Terminal): Promise<ExitCode> {
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
