import tab from '@bomb.sh/tab/commander';
import { printable } from '@rlm-bridge/assess';
import { thrownText } from '@rlm-bridge/text';
import { Command, CommanderError } from 'commander';
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

export { EXIT, type ExitCode } from './exit/exit-codes.ts';
export type { Sink, Terminal } from './terminal/terminal.ts';

/**
 * Runs the `rlm` command.
 * @param args What stands behind `rlm` on the command line.
 * @returns What the process is to exit with. A signal is the caller's matter: `terminal.signal` aborts, and what was
 *   learned until then is printed.
 */
export async function main(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = createProgram(terminal, (reached) => {
    code = reached;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    // commander has said what is wrong; help and version are no errors.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    terminal.stderr.write(`${colored(terminal, 'red', 'error')}: ${printable(inFlags(thrownText(error)))}\n`);
    return exitCodeOf(error);
  }
}

function createProgram(terminal: Terminal, exit: (code: ExitCode) => void): Command {
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
  addAsk(program, terminal, exit);
  addAssess(program, terminal, exit);
  addBaseline(program, terminal, exit);
  addCalibrate(program, terminal, exit);
  addRuns(program, terminal, exit);
  addView(program, terminal, exit);
  addDoctor(program, terminal, exit);
  addSetup(program, terminal, exit);
  addSandbox(program, terminal, exit);
  tab(program);
  return program;
}
