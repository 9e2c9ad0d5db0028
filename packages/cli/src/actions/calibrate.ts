import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type CalibrateOptions,
  type CalibrationResult,
  CalibrationResultSchema,
  calibrate,
  type FaultKind,
  formatCalibration,
  type Label,
  labelledWorkers,
  type PlantedWork,
  parseLabels,
  plantFaults,
  toCalibrationHtml,
} from '@rlm-bridge/assess';
import { given } from '@rlm-bridge/options';
import { counted, printable, printableJSON, thrownText } from '@rlm-bridge/text';
import { readConfig, readText } from '../configuration/config-file.ts';
import { EXIT, type ExitCode, UsageError } from '../exit/exit-codes.ts';
import { inFlags } from '../exit/flag-words.ts';
import type { AssessFlags } from '../flags/assess-flags.ts';
import { parseRubric } from '../policy/policy-files.ts';
import { trustPath, workTreeOf } from '../policy/trusted-path.ts';
import { ReportFile } from '../reports/report-file.ts';
import { AssessProgress } from '../terminal/assess-progress.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { assessOptions, LOCAL } from './gate.ts';

export interface Flags extends AssessFlags {
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

/** Says how good the judge is on labelled work. */
export async function calibrateJudge(file: string | undefined, flags: Flags, terminal: Terminal): Promise<ExitCode> {
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
    const { dryRun, formatDryRun } = await import('../estimate/dry-run.ts');
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
    flags.rubric === undefined
      ? undefined
      : await parseRubric(flags.rubric, await readText(resolve(cwd, flags.rubric)));
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
