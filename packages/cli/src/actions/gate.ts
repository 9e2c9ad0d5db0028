import { resolve } from 'node:path';
import type {
  AssessmentResult,
  AssessOptions,
  GatePolicy,
  RubricPreset,
  WorkBase,
  WorkerSpec,
} from '@rlm-bridge/assess';
import { given } from '@rlm-bridge/options';
import { fileStore } from 'rlm-bridge';
import type { Config } from '../configuration/config.ts';
import { UsageError } from '../exit/exit-codes.ts';
import type { AssessFlags } from '../flags/assess-flags.ts';
import { newRunOptions } from '../flags/run-flags.ts';
import { readGateConfig } from '../policy/gate-config.ts';
import type { JudgedWork } from '../policy/judged-work.ts';
import { notWork } from '../policy/not-work.ts';
import { requireKeptOutside, requireNoLinks, type Written } from '../policy/own-files.ts';
import { type PolicyFiles, readPolicyFiles } from '../policy/policy-files.ts';
import { stricter } from '../policy/stricter.ts';
import { trustPath, workTreeOf } from '../policy/trusted-path.ts';
import type { Terminal } from '../terminal/terminal.ts';

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

type Place = Pick<Terminal, 'cwd' | 'env'>;

/** What the command does: whether a configuration that is code may run, and which files it writes. */
interface Doing {
  runsCode: boolean;
  written: readonly Written[];
}

/** Judges by the gate that the command line asks for; of what was opened to read it, no process of git stays. */
export async function withGate<T>(
  workers: readonly (string | WorkerSpec)[],
  flags: AssessFlags,
  place: Place,
  doing: Doing,
  judge: (gate: Gate) => Promise<T>,
): Promise<T> {
  const opened: WorkBase[] = [];
  try {
    return await judge(await gateOf(workers, flags, place, { ...doing, opened }));
  } finally {
    for (const base of opened) base.close();
  }
}

/** The gate that the command line asks for, made stricter by the configuration where that is stricter. */
async function gateOf(
  workers: readonly (string | WorkerSpec)[],
  flags: AssessFlags,
  { cwd, env }: Place,
  { runsCode, written, opened }: Doing & { opened: WorkBase[] },
): Promise<Gate> {
  const untrusted = trustPath(env, [workTreeOf(cwd)]);
  const places = { cwd, ...given({ base: flags.base, outputDir: flags.outputDir }) };
  const { config, work, notes } = await readGateConfig({ workers, places, named: flags.config, runsCode, opened });
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
