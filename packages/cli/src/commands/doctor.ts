import type { Command } from 'commander';
import type { DoctorFlags } from '../actions/doctor.ts';
import { addRunFlags } from '../flags/run-flags.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Act } from './act.ts';

/** `rlm doctor`: what this machine has of what a run needs, and what to do about the rest. Changes nothing. */
export function addDoctor(program: Command, terminal: Terminal, act: Act): void {
  const command = program
    .command('doctor')
    .description('Say what of uv, Python, the sandbox, the keys and the models is there, and what to do about the rest')
    .option('--json', 'one JSON document')
    .option('--config <file>', 'configuration; default: the nearest rlm.config.{json,yaml}');
  addRunFlags(command).action((flags: DoctorFlags) =>
    act(async () => (await import('../actions/doctor.ts')).examine(flags, terminal)),
  );
}
