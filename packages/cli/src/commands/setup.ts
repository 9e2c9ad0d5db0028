import type { Command } from 'commander';
import type { DoctorFlags } from '../actions/doctor.ts';
import { addRunFlags } from '../flags/run-flags.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Act } from './act.ts';

const EXAMPLES = `
Examples:
  $ rlm setup                                               once on a machine, before the first run
  $ RLM_CACHE_DIR=/opt/rlm-bridge rlm setup --environment local   in a Dockerfile, for any user

Exit codes: 0 ready, 2 wrong usage, 3 something is missing, 130 and 143 on signals.`;

/** `rlm setup`: makes what a first run would make, and says what is still missing. */
export function addSetup(program: Command, terminal: Terminal, act: Act): void {
  const command = program
    .command('setup')
    .description('Make the Python environment now, and say what else a run would miss')
    .option('--json', 'one JSON document')
    .option('--config <file>', 'configuration; default: the nearest rlm.config.{json,yaml}');
  addRunFlags(command)
    .addHelpText('after', EXAMPLES)
    .action((flags: DoctorFlags) => act(async () => (await import('../actions/doctor.ts')).setUp(flags, terminal)));
}
