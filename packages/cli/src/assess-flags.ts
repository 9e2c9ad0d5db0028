import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { AssessOptions, Criterion, GatePolicy, RubricPreset, WorkerSpec } from '@rlm-bridge/assess';
import { parseBaseline } from '@rlm-bridge/assess';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parse } from 'yaml';
import type { Config } from './config-file.ts';
import { UsageError } from './exit-codes.ts';
import { addRunFlags, positive, type RunFlags, runOptions, whole } from './run-flags.ts';
import { said } from './said.ts';

/** The flags of every command that judges workers, as commander gives them. */
export interface AssessFlags extends RunFlags {
  config?: string;
  base?: string;
  changed?: boolean;
  outputDir?: string;
  criteria?: string;
  rubric?: string;
  preset?: string[];
  exclude?: string[];
  followLinks?: boolean;
  samples?: number;
  concurrency?: number;
  workerBudget?: number;
  failOn?: string;
  minScore?: number;
  minAgreement?: number;
  baseline?: string;
  newOnly?: boolean;
  onError?: string;
  cache?: boolean;
}

export function addAssessFlags(command: Command): Command {
  command
    .argument('[workers...]', 'ids of workers: branches, worktrees, Gas Town polecats, or names of transcripts')
    .optionsGroup('Work:')
    .option('--changed', 'judge what this checkout changes, committed or not')
    .option('--base <ref>', 'what the work started from; default: the remote HEAD, main or master')
    .option('--output-dir <folder>', 'where <worker>*.output transcripts are')
    .option('--criteria <file>', 'what the work was to achieve, as text')
    .option('--exclude <glob...>', 'changed files that are not judged; they are reported as omitted')
    .option('--follow-links', 'read what is behind links that leave the folder judged, transcripts for example')
    .optionsGroup('Judge:')
    .option('--rubric <file>', 'questions of your own, in JSON or YAML: [{ id, question, severity, anchors }]')
    .addOption(new Option('--preset <name...>', 'questions that come with rlm').choices(['dry', 'security']))
    .addOption(new Option('--samples <n>', 'how often each worker is judged').argParser(whole))
    .addOption(new Option('--concurrency <n>', 'workers judged at once').argParser(whole))
    .addOption(new Option('--worker-budget <usd>', 'most that one worker may cost').argParser(positive))
    .option('--no-cache', 'judge again what was judged before')
    .option('--config <file>', 'configuration; default: the nearest rlm.config.{json,yaml,ts}')
    .optionsGroup('Gate:')
    .addOption(
      new Option('--fail-on <severity>', 'mildest severity that fails; default: high').choices([
        'critical',
        'high',
        'medium',
        'low',
        'never',
      ]),
    )
    .addOption(new Option('--min-score <0-100>', 'least overall score').argParser(score))
    .addOption(new Option('--min-agreement <n>', 'in how many samples a finding must be to fail').argParser(whole))
    .option('--baseline <file>', 'findings that are known already')
    .option('--new-only', 'only findings that the baseline does not have fail')
    .addOption(new Option('--on-error <what>', 'exit code of work that could not be judged').choices(['fail', 'pass']));
  return addRunFlags(command);
}

/** The workers that the command line names. */
export function workersOf(ids: string[], flags: AssessFlags, cwd: string): (string | WorkerSpec)[] {
  if (flags.changed !== true && ids.length === 0) throw new UsageError('Name workers, or pass --changed.');
  const changed = flags.changed === true ? [{ id: 'changes', worktree: cwd }] : [];
  return [...ids, ...changed];
}

/** Options of `assessWorkers`: those of the configuration, and the flags over them. */
export async function assessOptions(config: Config, flags: AssessFlags, cwd: string): Promise<AssessOptions> {
  const configured = config.assess as AssessOptions;
  const { maxBudgetUsd, ...judge } = runOptions({ ...config.run, ...configured.judge }, flags);
  const rubric = flags.rubric === undefined ? undefined : await readRubric(resolve(cwd, flags.rubric));
  const gate = {
    failOn: flags.failOn,
    minScore: flags.minScore,
    minAgreement: flags.minAgreement,
    newOnly: flags.newOnly,
    onError: flags.onError,
    baseline: flags.baseline === undefined ? undefined : await readBaseline(resolve(cwd, flags.baseline)),
  };
  const given = {
    base: flags.base,
    outputDir: flags.outputDir,
    criteria: flags.criteria === undefined ? undefined : await readText(resolve(cwd, flags.criteria)),
    exclude: flags.exclude,
    followLinks: flags.followLinks,
    rubric,
    presets: flags.preset as RubricPreset[] | undefined,
    samples: flags.samples,
    concurrency: flags.concurrency,
    // A budget is that of the whole call, wherever it is set.
    maxBudgetUsd: flags.budget ?? configured.maxBudgetUsd ?? maxBudgetUsd,
    maxBudgetUsdPerWorker: flags.workerBudget,
    // commander's default of a --no- flag is true: nothing was said.
    cache: flags.cache === false ? false : undefined,
  };
  return {
    cwd,
    ...configured,
    ...said(given),
    gate: { ...configured.gate, ...(said(gate) as GatePolicy) },
    judge,
  };
}

/** YAML is a superset of JSON. */
async function readRubric(path: string): Promise<Criterion[]> {
  const rubric: unknown = parse(await readText(path));
  if (Array.isArray(rubric)) return rubric;
  throw new UsageError(`${path}: a rubric is a list of questions: [{ id, question, severity, anchors }].`);
}

async function readBaseline(path: string): Promise<string[]> {
  return parseBaseline(await readText(path)).findings.map(({ id }) => id);
}

export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path}: ${error instanceof Error ? error.message : error}`);
  }
}

function score(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 100) return value;
  throw new InvalidArgumentError('It must be a number from 0 to 100.');
}
