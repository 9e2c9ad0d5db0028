import { access, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type AssessmentResult,
  assessWorkers,
  type Baseline,
  parseBaseline,
  pruneBaseline,
  toBaseline,
} from '@rlm-bridge/assess';
import { counted, printable } from '@rlm-bridge/text';
import { readText } from '../configuration/config-file.ts';
import { EXIT, type ExitCode, UsageError } from '../exit/exit-codes.ts';
import type { AssessFlags } from '../flags/assess-flags.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { announce, judge } from './assess.ts';
import { withGate, workersOf } from './gate.ts';

export interface Flags extends AssessFlags {
  output: string;
  force?: boolean;
}

/** What is done with the findings of a judgement. */
export type Action = 'create' | 'update' | 'prune';

/** Keeps the findings that are known and let be, in a file of the repository. */
export async function keep(action: Action, ids: string[], flags: Flags, terminal: Terminal): Promise<ExitCode> {
  const { cwd, stdout } = terminal;
  const file = resolve(cwd, flags.output);
  const before = await baselineBefore(action, file, flags);
  const workers = workersOf(ids, flags, cwd);
  const written = [{ name: `--output ${flags.output}`, path: file }];
  const [result, notes] = await withGate(workers, flags, terminal, { runsCode: true, written }, async (gate) => {
    const options = { ...gate.options, signal: terminal.signal };
    return [await judge(() => assessWorkers(gate.work.workers, options)), gate.notes] as const;
  });
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
async function baselineBefore(action: Action, file: string, flags: Flags): Promise<Baseline | undefined> {
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
  action: Action,
  result: AssessmentResult,
  before: Baseline | undefined,
): { after: Baseline; unjudged: number } {
  if (action === 'prune' && before !== undefined) {
    const { kept, unjudged } = pruneBaseline(before, result);
    return { after: kept, unjudged: unjudged.findings.length };
  }
  return { after: toBaseline(result, action === 'create' ? undefined : before), unjudged: 0 };
}
