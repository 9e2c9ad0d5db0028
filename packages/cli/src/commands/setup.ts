import { printableJSON } from '@rlm-bridge/assess';
import type { Command } from 'commander';
import { prepare } from 'rlm-bridge';
import { readConfig } from '../configuration/config-file.ts';
import { EXIT, type ExitCode } from '../exit/exit-codes.ts';
import { addRunFlags, newRunOptions, type RunFlags } from '../flags/run-flags.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { shownDiagnosis } from './doctor.ts';

const EXAMPLES = `
Examples:
  $ rlm setup                                               once on a machine, before the first run
  $ RLM_CACHE_DIR=/opt/rlm-bridge rlm setup --environment local   in a Dockerfile, for any user

Exit codes: 0 ready, 2 wrong usage, 3 something is missing, 130 and 143 on signals.`;

/** `rlm setup`: makes what a first run would make, and says what is still missing. */
export function addSetup(program: Command, terminal: Terminal, exit: (code: ExitCode) => void): void {
  const command = program
    .command('setup')
    .description('Make the Python environment now, and say what else a run would miss')
    .option('--json', 'one JSON document')
    .option('--config <file>', 'configuration; default: the nearest rlm.config.{json,yaml}');
  addRunFlags(command)
    .addHelpText('after', EXAMPLES)
    .action(async (flags: RunFlags & { json?: boolean; config?: string }) => {
      const { stdout, cwd, env, signal } = terminal;
      const config = await readConfig(cwd, flags.config);
      const diagnosis = await prepare({ ...newRunOptions(config.run, flags), env, signal });
      stdout.write(flags.json === true ? `${printableJSON(diagnosis, 2)}\n` : shownDiagnosis(diagnosis));
      exit(diagnosis.ok ? EXIT.ok : EXIT.inconclusive);
    });
}
