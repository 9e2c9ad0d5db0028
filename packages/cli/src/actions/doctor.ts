import { printableJSON, printableLines } from '@rlm-bridge/text';
import { diagnose, formatDiagnosis, prepare, type RLMDiagnosis } from 'rlm-bridge';
import { readConfig } from '../configuration/config-file.ts';
import { EXIT, type ExitCode } from '../exit/exit-codes.ts';
import { inFlags } from '../exit/flag-words.ts';
import { newRunOptions, type RunFlags } from '../flags/run-flags.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface DoctorFlags extends RunFlags {
  json?: boolean;
  config?: string;
}

/** Says what is missing, and changes nothing. */
export async function examine(flags: DoctorFlags, terminal: Terminal): Promise<ExitCode> {
  const config = await readConfig(terminal.cwd, flags.config);
  return tell(await diagnose(newRunOptions(config.run, flags)), flags, terminal);
}

/** Makes what a first run would make, and says what is still missing. */
export async function setUp(flags: DoctorFlags, terminal: Terminal): Promise<ExitCode> {
  const { cwd, env, signal } = terminal;
  const config = await readConfig(cwd, flags.config);
  return tell(await prepare({ ...newRunOptions(config.run, flags), env, signal }), flags, terminal);
}

function tell(diagnosis: RLMDiagnosis, { json }: DoctorFlags, { stdout }: Terminal): ExitCode {
  const text = json === true ? printableJSON(diagnosis, 2) : printableLines(inFlags(formatDiagnosis(diagnosis)));
  stdout.write(`${text}\n`);
  return diagnosis.ok ? EXIT.ok : EXIT.inconclusive;
}
