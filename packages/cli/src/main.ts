// Before the other dependencies: it says which Node is needed, where they fail in words of their own. The program asks by itself.
import 'rlm-bridge';

import type { ExitCode } from './exit/exit-codes.ts';
import { runProgram } from './program.ts';
import type { Terminal } from './terminal/terminal.ts';

export { EXIT, type ExitCode } from './exit/exit-codes.ts';
export type { Sink, Terminal } from './terminal/terminal.ts';

/**
 * Runs the `rlm` command.
 * @param args What stands behind `rlm` on the command line.
 * @returns What the process is to exit with. A signal is the caller's matter: `terminal.signal` aborts, and what was
 *   learned until then is printed.
 */
export async function main(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const { code } = await runProgram(args, terminal);
  return code;
}
