import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { counted, printable, printableJSON, printableLines } from '@rlm-bridge/assess';
import type { Command } from 'commander';
import { type JSONValue, type RLMContext, type RLMOptions, type RLMResult, runRLM } from 'rlm-bridge';
import { readConfig } from '../configuration/config-file.ts';
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts';
import { inFlags } from '../flag-words.ts';
import { RunProgress } from '../progress.ts';
import { addRunFlags, type RunFlags, runOptions } from '../run-flags.ts';
import { coloured, type Terminal } from '../terminal.ts';

interface AskFlags extends RunFlags {
  config?: string;
  file?: string;
  files?: string[];
  stdin?: boolean;
  schema?: string;
  json?: boolean;
  events?: boolean;
  quiet?: boolean;
}

const EXAMPLES = `
Examples:
  $ rlm ask "Which function is the slowest?" --files 'src/**/*.ts' '!**/*.test.ts'
  $ rlm ask "What went wrong at 14:02?" --file server.log --budget 0.50
  $ git diff main | rlm ask "Which change could lose data?" --stdin --json

Exit codes: 0 answered, 2 wrong usage, 3 no answer, 130 and 143 on signals.`;

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
    .optionsGroup('Output:')
    .option('--schema <file>', 'JSON Schema of the answer: it is printed as JSON that fits it')
    .option('--json', 'the whole result as one JSON document')
    .option('--events', 'every event as a line of JSON, the result as the last')
    .option('--quiet', 'no progress on stderr')
    .option('--config <file>', 'configuration; default: the nearest rlm.config.{json,yaml}');
  addRunFlags(command)
    .addHelpText('after', EXAMPLES)
    .action(async (query: string, flags: AskFlags) => exit(await ask(query, flags, terminal)));
}

async function ask(query: string, flags: AskFlags, terminal: Terminal): Promise<ExitCode> {
  const context = await contextOf(flags, terminal);
  const config = await readConfig(terminal.cwd, flags.config);
  const schema = flags.schema === undefined ? undefined : await readSchema(resolve(terminal.cwd, flags.schema));
  const options: RLMOptions<unknown> = {
    ...runOptions(config.run, flags),
    signal: terminal.signal,
    quiet: flags.quiet === true,
    ...(schema !== undefined && { schema }),
  };
  const run = runRLM<unknown>(context, query, options);
  const showing = flags.quiet === true ? undefined : new RunProgress(terminal.stderr, terminal.env).follow(run);
  if (flags.events === true) for await (const event of run) writeJSON(terminal, event);
  await showing;
  const result = await run;
  report(result, flags, terminal);
  if (flags.quiet !== true) terminal.stderr.write(`${printable(spent(result))}\n`);
  return result.success ? EXIT.ok : EXIT.inconclusive;
}

/** What it took, and where it can be read again. */
function spent({ iterations, subCalls, costUsd, durationMs, logFile }: RLMResult<unknown>): string {
  const cost = costUsd === null ? 'cost unknown' : `$${costUsd.toFixed(4)}`;
  const log = logFile === null ? '' : `, log ${logFile}`;
  return `${counted(iterations, 'iteration')}, ${counted(subCalls, 'sub-call')}, ${cost}, ${(durationMs / 1000).toFixed(1)} s${log}`;
}

/** Exactly one input. */
async function contextOf(flags: AskFlags, { cwd, stdin }: Terminal): Promise<RLMContext> {
  const given = [flags.file, flags.files, flags.stdin].filter((input) => input !== undefined);
  if (given.length !== 1) throw new UsageError('Name one input: --file <path>, --files <glob...> or --stdin.');
  if (flags.file !== undefined) return { file: resolve(cwd, flags.file) };
  if (flags.files !== undefined) return { files: flags.files, cwd };
  const piped = await readAll(Readable.from(stdin));
  if (piped === '') throw new UsageError('Nothing was piped in.');
  return piped;
}

async function readSchema(path: string): Promise<{ [key: string]: JSONValue }> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`${path}: ${error instanceof Error ? error.message : error}`);
  }
}

function report(result: RLMResult<unknown>, flags: AskFlags, terminal: Terminal): void {
  const { stdout, stderr } = terminal;
  if (flags.events === true) writeJSON(terminal, { type: 'result', result });
  else if (flags.json === true) stdout.write(`${printableJSON(result, 2)}\n`);
  else if (result.success) {
    stdout.write(`${shownAnswer(result.answer, terminal)}\n`);
  }
  if (result.success) return;
  stderr.write(
    `${coloured(terminal, 'red', 'no answer')} (${result.stopReason}): ${printable(inFlags(result.error.message))}\n`,
  );
  if (result.partialAnswer !== null && flags.json !== true && flags.events !== true) {
    stderr.write(`best so far: ${printableLines(result.partialAnswer)}\n`);
  }
}

/** A text is given to a program as it is; a terminal and the log of a CI system would obey some of them. */
function shownAnswer(answer: unknown, { stdout, env }: Terminal): string {
  if (typeof answer !== 'string') return printableJSON(answer, 2);
  return stdout.isTTY === true || env.CI ? printableLines(answer) : answer;
}

function writeJSON({ stdout }: Terminal, value: unknown): void {
  stdout.write(`${printableJSON(value)}\n`);
}
