import type { FaultKind } from '@rlm-bridge/assess';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Flags } from '../actions/calibrate.ts';
import { addJudgeFlags } from '../flags/assess-flags.ts';
import { addRunFlags, atLeastOne, whole } from '../flags/run-flags.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Act } from './act.ts';

/** The kinds of faults, by their names: what plants them is not loaded for them. */
const KINDS: Record<FaultKind, true> = {
  secret: true,
  injection: true,
  copy: true,
  'missing-test': true,
  'dead-code': true,
};

const EXAMPLES = `
Examples:
  $ rlm calibrate labels.jsonl --preset security --samples 3 --budget 5
  $ rlm calibrate --plant --each 4 --preset security dry --html calibration.html
  $ rlm calibrate labels.jsonl --previous calibration.json --output calibration.json --html calibration.html

A line of labels.jsonl is a fault, or says that a file or a commit is clean:
  {"label":"defect","file":"src/db.ts","lines":[12,14],"rule":"no-injection","severity":"critical"}
  {"label":"clean","commit":"4f1d2c9"}

Exit codes: 0 calibrated, 2 wrong usage, 3 a work could not be judged, 130 and 143 on signals.`;

/** `rlm calibrate`: how good the judge is on labelled work. */
export function addCalibrate(program: Command, terminal: Terminal, act: Act): void {
  const command = program
    .command('calibrate')
    .description('Say how good the judge is on work of which the faults are known')
    .argument('[labels]', 'what is known of the work, one JSON object a line; not with --plant')
    .optionsGroup('Planting:')
    .option('--plant', 'plant known faults into a copy of this repository, and calibrate on it')
    .addOption(new Option('--kinds <kind...>', 'kinds of faults; default: all').choices(Object.keys(KINDS)))
    .addOption(new Option('--each <n>', 'faults of each kind; default: 3').argParser(atLeastOne))
    .addOption(new Option('--seed <n>', 'the same one plants the same; default: 1').argParser(whole))
    .option('--keep <folder>', 'keep the copy there, with labels.jsonl beside it; default: neither is kept')
    .optionsGroup('Output:')
    .option('--output <file>', 'the figures as JSON, for --previous of the next time')
    .option('--html <file>', 'the figures as one page')
    .option('--json', 'the figures as JSON on stdout')
    .option('--dry-run', 'say what would be read, with which models, at what cost; ask no model')
    .optionsGroup('Figures:')
    .option('--previous <file>', 'what --output wrote before: says what changed since')
    .addOption(
      new Option('--target-precision <share>', 'that suggested thresholds are to have; default: 0.8').argParser(share),
    );
  addJudgeFlags(command);
  addRunFlags(command)
    .addHelpText('after', EXAMPLES)
    .action((labels: string | undefined, flags: Flags) =>
      act(async () => (await import('../actions/calibrate.ts')).calibrateJudge(labels, flags, terminal)),
    );
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value < 1) return value;
  throw new InvalidArgumentError('It must be a number above 0 and below 1.');
}
