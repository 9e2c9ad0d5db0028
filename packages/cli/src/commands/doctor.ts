import { printableJSON, printableLines } from '@rlm-bridge/assess';
import { given } from '@rlm-bridge/options';
import type { Command } from 'commander';
import { diagnose, formatDiagnosis } from 'rlm-bridge';
import { readConfig } from '../configuration/config-file.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { addRunFlags, type RunFlags, runOptions } from '../run-flags.ts';
import type { Terminal } from '../terminal.ts';

/** `rlm doctor`: what this machine has of what a run needs, and what to do about the rest. Changes nothing. */
export function addDoctor(program: Command, terminal: Terminal, exit: (code: ExitCode) => void): void {
  const command = program
    .command('doctor')
    .description('Say what of uv, Python, the sandbox and the keys is there, and what to do about the rest')
    .option('--json', 'one JSON document')
    .option('--config <file>', 'configuration; default: the nearest rlm.config.{json,yaml}');
  addRunFlags(command).action(async (flags: RunFlags & { json?: boolean; config?: string }) => {
    const config = await readConfig(terminal.cwd, flags.config);
    const { environment, environmentOptions, python, uv } = runOptions(config.run, flags);
    const options = { environment, environmentOptions, python, uv };
    const diagnosis = await diagnose(given(options));
    terminal.stdout.write(
      flags.json === true ? `${printableJSON(diagnosis, 2)}\n` : `${printableLines(formatDiagnosis(diagnosis))}\n`,
    );
    exit(diagnosis.ok ? EXIT.ok : EXIT.inconclusive);
  });
}
