import { access, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type AssessmentResult,
  assessWorkers,
  type Baseline,
  counted,
  parseBaseline,
  printable,
  pruneBaseline,
  toBaseline,
} from '@rlm-bridge/assess';
import type { Command } from 'commander';
import { readText } from '../configuration/config-file.ts';
import { EXIT, type ExitCode, UsageError } from '../exit/exit-codes.ts';
import { type AssessFlags, addAssessFlags, gateOf, workersOf } from '../flags/assess-flags.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { announce, judge } from './assess.ts';

interface Flags extends AssessFlags {
  output: string;
  force?: boolean;
}

const ACTIONS = {
  create: 'Accept every finding there is now',
  update: 'Accept the findings that are new, beside those accepted before',
  prune: 'Forget accepted findings that are not found any more in the files that are judged',
} as const;

/** `rlm baseline`: the findings that are known and let be, in a file of the repository. */
export function addBaseline(program: Command, terminal: Terminal, exit: (code: ExitCode) => void): void {
  const group = program.command('baseline').description('Keep the findings that are known and let be');
  for (const [name, description] of Object.entries(ACTIONS) as [keyof typeof ACTIONS, string][]) {
    const command = group.command(name).description(description);
    command.option('--output <file>', 'the file that is kept', 'rlm-baseline.json');
    if (name === 'create') command.option('--force', 'replace the file when it is there already');
    addAssessFlags(command).action(async (ids: string[], flags: Flags) => exit(await keep(name, ids, flags, terminal)));
  }
}

async function keep(action: keyof typeof ACTIONS, ids: string[], flags: Flags, terminal: Terminal): Promise<ExitCode> {
  const { cwd, stdout } = terminal;
  const file = resolve(cwd, flags.output);
  const before = await baselineBefore(action, file, flags);
  const workers = workersOf(ids, flags, cwd);
  const written = [{ name: `--output ${flags.output}`, path: file }];
  const { options, notes } = await gateOf(workers, flags, terminal, { runsCode: true, written });
  const result = await judge(() => assessWorkers(workers, { ...options, signal: terminal.signal }));
  if (!result.success) {
    announce(result, terminal, notes);
    terminal.stderr.write('The baseline is as it was: what could not be judged cannot be accepted.\n');
    return EXIT.inconclusive;
  }
  const { after, unjudged } = next(action, result, before);
  await writeFile(file, `${JSON.stringify(after, null, 2)}\n`);
  const [was, now] = [before?.findings.length ?? 0, after.findings.length];
  const note = unjudged > 0 ? ` (${unjudged} kept whose ${unjudged === 1 ? 'file was' : 'files were'} not judged)` : '';
  stdout.write(`${printable(flags.output)}: ${counted(was, 'finding')} before, ${now} now${note}\n`);
  return EXIT.ok;
}

/** What the file holds; none, before it is made. */
async function baselineBefore(action: keyof typeof ACTIONS, file: string, flags: Flags): Promise<Baseline | undefined> {
  if (action !== 'create') return parseBaseline(await readText(file));
  if (
    !(await access(file).then(
      () => true,
      () => false,
    ))
  )
    return undefined;
  if (flags.force === true) return parseBaseline(await readText(file));
  const advice = 'Add to it with "rlm baseline update", or pass --force to replace it.';
  throw new UsageError(`${flags.output} is there already. ${advice} Nothing was judged.`);
}

function next(
  action: keyof typeof ACTIONS,
  result: AssessmentResult,
  before: Baseline | undefined,
): { after: Baseline; unjudged: number } {
  if (action === 'prune' && before !== undefined) {
    const { kept, unjudged } = pruneBaseline(before, result);
    return { after: kept, unjudged: unjudged.findings.length };
  }
  return { after: toBaseline(result, action === 'create' ? undefined : before), unjudged: 0 };
}
