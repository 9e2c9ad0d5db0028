import { printableJSON, printableLines } from '@rlm-bridge/assess';
import type { Command } from 'commander';
import { diagnose, formatDiagnosis, type RLMDiagnosis } from 'rlm-bridge';
import { readConfig } from '../configuration/config-file.ts';
import { EXIT, type ExitCode } from '../exit/exit-codes.ts';
import { inFlags } from '../exit/flag-words.ts';
import { addRunFlags, newRunOptions, type RunFlags } from '../flags/run-flags.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `rlm doctor`: what this machine has of what a run needs, and what to do about the rest. Changes nothing. */
export function addDoctor(program: Command, terminal: Terminal, exit: (code: ExitCode) => void): void {
  const command = program
    .command('doctor')
    .description('Say what of uv, Python, the sandbox, the keys and the models is there, and what to do about the rest')
    .option('--json', 'one JSON document')
    .option('--config <file>', 'configuration; default: the nearest rlm.config.{json,yaml}');
  addRunFlags(command).action(async (flags: RunFlags & { json?: boolean; config?: string }) => {
    const config = await readConfig(terminal.cwd, flags.config);
    const diagnosis = await diagnose(newRunOptions(config.run, flags));
    terminal.stdout.write(flags.json === true ? `${printableJSON(diagnosis, 2)}\n` : shownDiagnosis(diagnosis));
    exit(diagnosis.ok ? EXIT.ok : EXIT.inconclusive);
  });
}

/** A diagnosis in the words of the command line. */
export function shownDiagnosis(diagnosis: RLMDiagnosis): string {
  return `${printableLines(inFlags(formatDiagnosis(diagnosis)))}\n`;
}
