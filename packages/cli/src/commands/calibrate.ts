import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type CalibrateOptions,
  type CalibrationResult,
  CalibrationResultSchema,
  calibrate,
  counted,
  FAULT_KINDS,
  type FaultKind,
  formatCalibration,
  type Label,
  labelledWorkers,
  type PlantedWork,
  parseLabels,
  plantFaults,
  printable,
  printableJSON,
  toCalibrationHtml,
} from '@rlm-bridge/assess';
import { given } from '@rlm-bridge/options';
import { thrownText } from '@rlm-bridge/text';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readConfig, readText } from '../configuration/config-file.ts';
import { dryRun, formatDryRun } from '../estimate/dry-run.ts';
import { EXIT, type ExitCode, UsageError } from '../exit/exit-codes.ts';
import { inFlags } from '../exit/flag-words.ts';
import { type AssessFlags, addJudgeFlags, assessOptions, LOCAL } from '../flags/assess-flags.ts';
import { addRunFlags, atLeastOne, whole } from '../flags/run-flags.ts';
import { parseRubric } from '../policy/policy-files.ts';
import { trustPath, workTreeOf } from '../policy/trusted-path.ts';
import { ReportFile } from '../reports/report-file.ts';
import { AssessProgress } from '../terminal/assess-progress.ts';
import type { Terminal } from '../terminal/terminal.ts';

interface Flags extends AssessFlags {
  plant?: boolean;
  kinds?: FaultKind[];
  each?: number;
  seed?: number;
  keep?: string;
  targetPrecision?: number;
  output?: string;
  html?: string;
  json?: boolean;
  dryRun?: boolean;
}

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
export function addCalibrate(program: Command, terminal: Terminal, exit: (code: ExitCode) => void): void {
  const command = program
    .command('calibrate')
    .description('Say how good the judge is on work of which the faults are known')
    .argument('[labels]', 'what is known of the work, one JSON object a line; not with --plant')
    .optionsGroup('Planting:')
    .option('--plant', 'plant known faults into a copy of this repository, and calibrate on it')
    .addOption(new Option('--kinds <kind...>', 'kinds of faults; default: all').choices(FAULT_KINDS))
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
    .action(async (labels: string | undefined, flags: Flags) => exit(await run(labels, flags, terminal)));
}

async function run(file: string | undefined, flags: Flags, terminal: Terminal): Promise<ExitCode> {
  const { cwd, stderr } = terminal;
  const untrusted = trustPath(terminal.env, [workTreeOf(cwd)]);
  if (untrusted.length > 0) {
    stderr.write(`${printable(`Left out of PATH, as judged or relative: ${untrusted.join(', ')}`)}\n`);
  }
  const options = await optionsOf(flags, cwd);
  if (options.judge?.environment === 'local') stderr.write(`${LOCAL}\n`);
  if (flags.plant !== true) return await calibrateOn(await labelsOf(file, flags, cwd), options, flags, terminal);
  if (file !== undefined) throw new UsageError('--plant makes its own labels: pass a file of labels, or --plant.');
  const planted = await plant(flags, terminal);
  try {
    return await calibrateOn(planted.labels, { ...options, cwd: planted.repository }, flags, terminal);
  } finally {
    if (flags.keep === undefined) await planted.remove();
  }
}

async function labelsOf(file: string | undefined, flags: Flags, cwd: string): Promise<Label[]> {
  if (file === undefined) throw new UsageError('Name a file of labels, or pass --plant.');
  const lone = (['kinds', 'each', 'seed', 'keep'] as const).find((name) => flags[name] !== undefined);
  if (lone !== undefined) throw new UsageError(`--${lone} belongs to --plant.`);
  return parseLabels(await readText(resolve(cwd, file)));
}

async function calibrateOn(
  labels: readonly Label[],
  options: CalibrateOptions,
  flags: Flags,
  terminal: Terminal,
): Promise<ExitCode> {
  const { cwd, stdout } = terminal;
  const workers = labelledWorkers(labels);
  if (flags.dryRun === true) {
    const found = await dryRun(workers, { ...options, previous: undefined });
    stdout.write(flags.json === true ? `${printableJSON(found, 2)}\n` : formatDryRun(found));
    return found.workers.every(({ error }) => error === null) ? EXIT.ok : EXIT.inconclusive;
  }
  const written = [flags.output, flags.html].filter((name) => name !== undefined);
  for (const name of written) await requireWritable(name, cwd);
  const progress = new AssessProgress(terminal, { workers: workers.length, isMachine: flags.json === true });
  const result = await calibrated(labels, {
    ...options,
    signal: terminal.signal,
    onEvent: (event) => progress.show(event),
  }).finally(() => progress.end());
  await write(result, flags, cwd);
  stdout.write(flags.json === true ? `${printableJSON(result, 2)}\n` : formatCalibration(result));
  return result.labels.unjudged.length === 0 ? EXIT.ok : EXIT.inconclusive;
}

/** Plants, and says what; the labels of a copy that is kept name its folder. */
async function plant({ kinds, each, seed, keep }: Flags, { cwd, stderr, signal }: Terminal): Promise<PlantedWork> {
  const folder = keep === undefined ? undefined : resolve(cwd, keep, 'repository');
  const planted = await plantFaults({ cwd, signal, ...given({ kinds, each, seed, folder }) });
  const { plants, labels, short, repository } = planted;
  const clean = labels.length - 2 * plants.length;
  stderr.write(`${counted(plants.length, 'fault')} planted, beside ${counted(clean, 'clean change')}\n`);
  for (const line of short) stderr.write(`${printable(line)}\n`);
  if (keep !== undefined) {
    const lines = labels.map((label) => JSON.stringify({ ...label, repository }));
    await writeFile(resolve(cwd, keep, 'labels.jsonl'), `${lines.join('\n')}\n`);
  }
  return planted;
}

/** Why works were not judged, in the words of the command line. */
async function calibrated(labels: readonly Label[], options: CalibrateOptions): Promise<CalibrationResult> {
  const result = await calibrate(labels, options);
  const unjudged = result.labels.unjudged.map(({ work, reason }) => ({ work, reason: inFlags(reason) }));
  return { ...result, labels: { ...result.labels, unjudged } };
}

/** What says which work is judged, or compares it: labels do. */
const OF_A_GATE = ['policyFiles', 'previous', 'resolve', 'outputDir', 'base', 'notWork'];

async function optionsOf(flags: Flags, cwd: string): Promise<CalibrateOptions> {
  const config = await readConfig(cwd, flags.config);
  const { previous: before, targetPrecision, ...judging } = flags;
  const rubric =
    flags.rubric === undefined ? undefined : parseRubric(flags.rubric, await readText(resolve(cwd, flags.rubric)));
  const files = {
    rubric,
    criteria: undefined,
    context: undefined,
    baseline: undefined,
    previous: undefined,
    globs: [],
  };
  const all = Object.entries(assessOptions(config, judging, files, cwd));
  const options: CalibrateOptions = Object.fromEntries(all.filter(([name]) => !OF_A_GATE.includes(name)));
  const previous = before === undefined ? undefined : parsePrevious(before, await readText(resolve(cwd, before)));
  return { ...options, ...given({ previous, targetPrecision }) };
}

function parsePrevious(name: string, text: string): CalibrationResult {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${name} is nothing that "rlm calibrate --output" wrote: ${thrownText(error)}`);
  }
  const found = CalibrationResultSchema.safeParse(value);
  if (found.success) return found.data;
  throw new UsageError(
    `${name} is nothing that "rlm calibrate --output" of this version wrote. Calibrate again without --previous.`,
  );
}

/** Before anything is spent. @throws {UsageError} */
async function requireWritable(name: string, cwd: string): Promise<void> {
  try {
    await new ReportFile(resolve(cwd, name)).requireWritable();
  } catch (error) {
    throw new UsageError(`${name}: ${thrownText(error)}`);
  }
}

async function write(result: CalibrationResult, { output, html }: Flags, cwd: string): Promise<void> {
  if (output !== undefined) await new ReportFile(resolve(cwd, output)).write(`${printableJSON(result, 2)}\n`);
  if (html !== undefined) await new ReportFile(resolve(cwd, html)).write(toCalibrationHtml(result));
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value < 1) return value;
  throw new InvalidArgumentError('It must be a number above 0 and below 1.');
}
