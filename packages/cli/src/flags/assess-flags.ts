import { resolve } from 'node:path';
import type { AssessmentResult, AssessOptions, GatePolicy, RubricPreset, WorkerSpec } from '@rlm-bridge/assess';
import { given } from '@rlm-bridge/options';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { fileStore } from 'rlm-bridge';
import type { Config } from '../configuration/config.ts';
import { UsageError } from '../exit/exit-codes.ts';
import { readGateConfig } from '../policy/gate-config.ts';
import type { JudgedWork } from '../policy/judged-work.ts';
import { notWork } from '../policy/not-work.ts';
import { requireKeptOutside, requireNoLinks, type Written } from '../policy/own-files.ts';
import { type PolicyFiles, readPolicyFiles } from '../policy/policy-files.ts';
import { stricter } from '../policy/stricter.ts';
import { trustPath, workTreeOf } from '../policy/trusted-path.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { addRunFlags, atLeastOne, newRunOptions, positive, type RunFlags, whole } from './run-flags.ts';

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
  maxFiles?: number;
  maxFileBytes?: number;
  maxBytes?: number;
  maxFileChars?: number;
  samples?: number;
  concurrency?: number;
  workerBudget?: number;
  failOn?: string;
  minScore?: number;
  minAgreement?: number;
  scope?: string;
  baseline?: string;
  previous?: string;
  trend?: string;
  newOnly?: boolean;
  allowNewSuppressions?: boolean;
  onError?: string;
  nothingToJudge?: string;
  unshown?: string;
  reference?: boolean;
  context?: string[];
  incremental?: boolean;
  cache?: boolean;
  verifierModel?: string;
  verifierBackend?: string;
  cacheDir?: string;
  store?: string;
  assessmentId?: string;
}

/** How is judged, whatever is. */
export function addJudgeFlags(command: Command): Command {
  return command
    .optionsGroup('Judge:')
    .option('--rubric <file>', 'questions of your own, in JSON or YAML: [{ id, question, severity, anchors }]')
    .addOption(new Option('--preset <name...>', 'questions that come with rlm').choices(['dry', 'security']))
    .addOption(new Option('--samples <n>', 'how often each worker is judged').argParser(whole))
    .option('--verifier-model <name>', 'a second model that must confirm each finding which fails the gate')
    .option('--verifier-backend <name>', 'who serves it; default: whoever serves the judge')
    .addOption(new Option('--concurrency <n>', 'workers judged at once').argParser(whole))
    .addOption(new Option('--worker-budget <usd>', 'most that one worker may cost').argParser(positive))
    .option('--reference', 'let the judge search the repository as the work found it; default with --preset dry')
    .option('--no-reference', 'show the judge the work alone')
    .option('--incremental', 'judge larger work by readings of its parts, and read again what changed alone')
    .option('--no-cache', 'judge again what was judged before')
    .option('--cache-dir <folder>', 'where judgements are kept; of another checkout or machine, too')
    .option('--store <folder>', 'keep the runs that judge there: killed and started again, the assessment goes on')
    .option('--assessment-id <id>', 'which assessment of --store it is')
    .option('--config <file>', 'configuration; default: the nearest rlm.config.{json,yaml,ts} of the base');
}

export function addAssessFlags(command: Command): Command {
  command
    .argument('[workers...]', 'ids of workers: branches, worktrees, Gas Town polecats, or names of transcripts')
    .optionsGroup('Work:')
    .option('--changed', 'judge what this checkout changes, committed or not')
    .option('--base <ref>', 'what the work started from; default: the remote HEAD, main or master')
    .option('--output-dir <folder>', 'where <worker>*.output transcripts are')
    .option('--criteria <file>', 'what the work was to achieve, as text')
    .option('--context <file...>', 'documents beside the work that it is held against: rules, a design')
    .option('--exclude <glob...>', 'changed files that are not judged; they are reported as omitted')
    .option('--follow-links', 'read what is behind links that leave the folder judged, transcripts for example')
    .addOption(new Option('--max-files <n>', 'most files of one worker; default: 50000').argParser(atLeastOne))
    .addOption(new Option('--max-file-bytes <n>', 'largest file; default: 100000000').argParser(atLeastOne))
    .addOption(new Option('--max-bytes <n>', 'most of one worker in all; default: 500000000').argParser(atLeastOne))
    .addOption(
      new Option('--max-file-chars <n>', 'longest document shown whole; default: 1000000').argParser(atLeastOne),
    );
  addJudgeFlags(command)
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
    .addOption(
      new Option('--scope <what>', 'findings that can fail: on what the work changed, or on all of it').choices([
        'changed',
        'all',
      ]),
    )
    .option('--baseline <file>', 'findings that are known already')
    .option('--previous <file>', 'result of --json before: says what is new, still there or fixed; decides nothing')
    .option('--trend <file>', 'result of --json of the base branch: a line of the summary stands against it')
    .option('--new-only', 'only findings that the baseline does not have fail')
    .option('--allow-new-suppressions', 'comments rlm-ignore that the change itself brings are obeyed, too')
    .addOption(new Option('--on-error <what>', 'exit code of work that could not be judged').choices(['fail', 'pass']))
    .addOption(
      new Option('--nothing-to-judge <what>', 'what work without any text comes to; default: pass').choices([
        'pass',
        'inconclusive',
        'fail',
      ]),
    )
    .addOption(
      new Option(
        '--unshown <what>',
        'what changes come to that no model can be shown, binary data or submodules; default: alone, inconclusive where there is nothing else',
      ).choices(['pass', 'alone', 'inconclusive', 'fail']),
    );
  return addRunFlags(command);
}

/** The workers that the command line names. */
export function workersOf(ids: string[], flags: AssessFlags, cwd: string): (string | WorkerSpec)[] {
  if (flags.changed !== true && ids.length === 0) throw new UsageError('Name workers, or pass --changed.');
  const changed = flags.changed === true ? [{ id: 'changes', worktree: cwd }] : [];
  return [...ids, ...changed];
}

/** Options of `assessWorkers` and what a reader of the verdict should know of them. */
export interface Gate {
  options: AssessOptions;
  work: JudgedWork;
  /** The last result of the base branch; undefined: none is known. */
  trend: AssessmentResult | undefined;
  notes: string[];
}

/** Said wherever model code runs without a sandbox. */
export const LOCAL =
  'WARNING: --environment local is no sandbox: what the model writes runs as this user, who can read the key of this process.';

/** The gate that the command line asks for, made stricter by the configuration where that is stricter. */
export async function gateOf(
  workers: readonly (string | WorkerSpec)[],
  flags: AssessFlags,
  { cwd, env }: Pick<Terminal, 'cwd' | 'env'>,
  { runsCode, written }: { runsCode: boolean; written: readonly Written[] },
): Promise<Gate> {
  const untrusted = trustPath(env, [workTreeOf(cwd)]);
  const places = { cwd, ...given({ base: flags.base, outputDir: flags.outputDir }) };
  const { config, work, notes } = await readGateConfig({ workers, places, named: flags.config, runsCode });
  untrusted.push(...trustPath(env, work.folders));
  const files = await readPolicyFiles(flags, work, cwd);
  const options = assessOptions(config, flags, files, cwd);
  const { cache, judge } = options;
  const cacheDir = typeof cache === 'object' ? cache.dir : undefined;
  const cacheName = flags.cacheDir === undefined ? 'assess.cache.dir' : '--cache-dir';
  await requireKeptOutside({ env, cacheDir, cacheName, store: flags.store, cwd }, work);
  const logDir = typeof judge?.logDir === 'string' ? [{ name: '--log-dir', path: resolve(cwd, judge.logDir) }] : [];
  await requireNoLinks([...written, ...logDir], work);
  const read = [flags.baseline, flags.previous, flags.trend].filter((name) => name !== undefined);
  const own = [...written, ...read.map((name) => ({ path: resolve(cwd, name) }))];
  options.notWork = await notWork(
    own.map((file) => file.path),
    judge?.logDir,
    cwd,
  );
  const path = untrusted.length === 0 ? [] : [`Left out of PATH, as judged or relative: ${untrusted.join(', ')}`];
  const local = judge?.environment === 'local' ? [LOCAL] : [];
  return { options, work, trend: files.trend, notes: [...notes, ...files.notes, ...path, ...local] };
}

/** Options of `assessWorkers`, of the configuration and the flags. */
export function assessOptions(
  config: Config,
  flags: AssessFlags,
  files: Omit<PolicyFiles, 'notes' | 'trend'>,
  cwd: string,
): AssessOptions {
  const filed = config.assess as AssessOptions;
  // A budget is that of the whole call, wherever it is set.
  const { maxBudgetUsd = (config.run as AssessOptions).maxBudgetUsd, judge: filedJudge } = filed;
  const { budget, ...runFlags } = flags;
  const { maxBudgetUsd: _, ...judge } = newRunOptions({ ...config.run, ...given(filedJudge ?? {}) }, runFlags);
  const gate = {
    failOn: flags.failOn,
    minScore: flags.minScore,
    minAgreement: flags.minAgreement,
    scope: flags.scope,
    newOnly: flags.newOnly,
    allowNewSuppressions: flags.allowNewSuppressions,
    onError: flags.onError,
    nothingToJudge: flags.nothingToJudge,
    unshown: flags.unshown,
    baseline: files.baseline,
  };
  const asked = {
    base: flags.base,
    outputDir: flags.outputDir,
    criteria: files.criteria,
    exclude: flags.exclude,
    followLinks: flags.followLinks,
    maxFiles: flags.maxFiles,
    maxFileBytes: flags.maxFileBytes,
    maxBytes: flags.maxBytes,
    maxFileChars: flags.maxFileChars,
    rubric: files.rubric,
    presets: flags.preset as RubricPreset[] | undefined,
    samples: flags.samples,
    verifier: verifierOf(flags, filed.verifier),
    concurrency: flags.concurrency,
    maxBudgetUsd: budget,
    maxBudgetUsdPerWorker: flags.workerBudget,
    policyFiles: files.globs,
    previous: files.previous,
    cache: cacheOf(flags, cwd),
    store: flags.store === undefined ? undefined : fileStore(resolve(cwd, flags.store)),
    assessmentId: flags.assessmentId,
    reference: flags.reference,
    context: files.context,
    incremental: flags.incremental,
    gate: given(gate) as GatePolicy,
  };
  // The installer's progress would stand before the verdict.
  return { cwd, ...stricter(given(asked), given({ ...filed, maxBudgetUsd })), judge: { ...judge, quiet: true } };
}

/** Flags over what the configuration has; a backend without a model is none. */
function verifierOf(
  { verifierModel: model, verifierBackend: backend }: AssessFlags,
  filed: AssessOptions['verifier'],
): AssessOptions['verifier'] {
  if (model === undefined && backend === undefined) return undefined;
  const named = model ?? filed?.model;
  if (named === undefined) throw new UsageError('--verifier-backend: which model? Pass --verifier-model, too.');
  return { ...filed, model: named, ...given({ backend }) } as AssessOptions['verifier'];
}

/** commander's default of a --no- flag is true: nothing was said. */
function cacheOf({ cache, cacheDir }: AssessFlags, cwd: string): AssessOptions['cache'] {
  if (cache === false && cacheDir !== undefined) throw new UsageError('Pass --cache-dir or --no-cache, not both.');
  if (cache === false) return false;
  return cacheDir === undefined ? undefined : { dir: resolve(cwd, cacheDir) };
}

function score(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 100) return value;
  throw new InvalidArgumentError('It must be a number from 0 to 100.');
}
