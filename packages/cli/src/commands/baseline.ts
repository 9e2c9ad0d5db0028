import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type AssessmentResult,
  assessWorkers,
  type Baseline,
  parseBaseline,
  printable,
  pruneBaseline,
  toBaseline,
} from '@rlm-bridge/assess';
import type { Command } from 'commander';
import { type AssessFlags, addAssessFlags, gateOf, workersOf } from '../assess-flags.ts';
import { readText } from '../configuration/config-file.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { announce, judge } from './assess.ts';

interface Flags extends AssessFlags {
  output: string;
}

const ACTIONS = {
  create: 'Accept every finding there is now',
  update: 'Accept the findings that are new, beside those accepted before',
  prune: 'Forget accepted findings that are not found any more',
} as const;

/** `rlm baseline`: the findings that are known and let be, in a file of the repository. */
export function addBaseline(program: Command, terminal: Terminal, exit: (code: ExitCode) => void): void {
  const group = program.command('baseline').description('Keep the findings that are known and let be');
  for (const [name, description] of Object.entries(ACTIONS) as [keyof typeof ACTIONS, string][]) {
    const command = group.command(name).description(description);
    command.option('--output <file>', 'the file that is kept', 'rlm-baseline.json');
    addAssessFlags(command).action(async (ids: string[], flags: Flags) => exit(await keep(name, ids, flags, terminal)));
  }
}

async function keep(action: keyof typeof ACTIONS, ids: string[], flags: Flags, terminal: Terminal): Promise<ExitCode> {
  const { cwd, stdout } = terminal;
  const file = resolve(cwd, flags.output);
  const before = action === 'create' ? undefined : parseBaseline(await readText(file));
  const workers = workersOf(ids, flags, cwd);
  const written = [{ name: `--output ${flags.output}`, path: file }];
  const { options, notes } = await gateOf(workers, flags, terminal, { runsCode: true, written });
  const result = await judge(() => assessWorkers(workers, { ...options, signal: terminal.signal }));
  if (!result.success) {
    announce(result, terminal, notes);
    terminal.stderr.write('The baseline is as it was: what could not be judged cannot be accepted.\n');
    return EXIT.inconclusive;
  }
  const after = next(action, result, before);
  await writeFile(file, `${JSON.stringify(after, null, 2)}\n`);
  stdout.write(
    `${printable(flags.output)}: ${before?.findings.length ?? 0} findings before, ${after.findings.length} now\n`,
  );
  return EXIT.ok;
}

function next(action: keyof typeof ACTIONS, result: AssessmentResult, before: Baseline | undefined): Baseline {
  if (before === undefined) return toBaseline(result);
  return action === 'prune' ? pruneBaseline(before, result).kept : toBaseline(result, before);
}
