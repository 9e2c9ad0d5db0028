import tab from '@bomb.sh/tab/commander';
import { printable, thrownText } from '@rlm-bridge/text';
import { Command, CommanderError } from 'commander';
import type { Act } from './commands/act.ts';
import { addAsk } from './commands/ask.ts';
import { addAssess } from './commands/assess.ts';
import { addBaseline } from './commands/baseline.ts';
import { addCalibrate } from './commands/calibrate.ts';
import { addDoctor } from './commands/doctor.ts';
import { addRuns } from './commands/runs.ts';
import { addSandbox } from './commands/sandbox.ts';
import { addSetup } from './commands/setup.ts';
import { addView } from './commands/view.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exit/exit-codes.ts';
import { inFlags } from './exit/flag-words.ts';
import { colored, type Terminal } from './terminal/terminal.ts';
import { VERSION } from './version.ts';

/** What a command line came to. */
export interface Ended {
  code: ExitCode;
  /** Whether a command began what it is for: only then may there be workers. */
  hasActed: boolean;
}

/** Does what a command line says, and tells of what goes wrong. */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<Ended> {
  let code: ExitCode = EXIT.ok;
  let hasActed = false;
  const program = createProgram(args[0], terminal, async (action) => {
    hasActed = true;
    code = await action();
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    code = await codeOf(error, terminal);
  }
  return { code, hasActed };
}

async function codeOf(error: unknown, terminal: Terminal): Promise<ExitCode> {
  // commander has said what is wrong; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  terminal.stderr.write(`${colored(terminal, 'red', 'error')}: ${printable(inFlags(thrownText(error)))}\n`);
  return await exitCodeOf(error);
}

const COMMANDS = new Map([
  ['ask', addAsk],
  ['assess', addAssess],
  ['baseline', addBaseline],
  ['calibrate', addCalibrate],
  ['runs', addRuns],
  ['view', addView],
  ['doctor', addDoctor],
  ['setup', addSetup],
  ['sandbox', addSandbox],
]);

/** With the command alone that is asked for, where one is: declaring the others takes 6 ms of a start. */
function createProgram(asked: string | undefined, terminal: Terminal, act: Act): Command {
  const { stdout, stderr } = terminal;
  const program = new Command('rlm')
    .description('Recursive Language Models: answers over input of any length, and gates on them')
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      // What is wrong is told in the words of the command line, which a script may have from the work.
      outputError: (text, write) => write(`${printable(text.trimEnd())}\n`),
      getOutHasColors: () => stdout.isTTY === true,
      getErrHasColors: () => stderr.isTTY === true,
    });
  const named = COMMANDS.get(asked ?? '');
  for (const add of named ? [named] : COMMANDS.values()) add(program, terminal, act);
  if (named === undefined) tab(program);
  return program;
}
