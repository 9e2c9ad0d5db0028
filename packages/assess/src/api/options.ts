import type { RLMOptions, RunStore } from 'rlm-bridge';
import type { BaselineFinding } from './baseline.ts';
import type { AssessEvent } from './events.ts';
import type { AppliedGate, AssessmentResult } from './result.ts';
import type { Dimension, Severity } from './terms.ts';

/**
 * A worker and where its work is: exactly one of `worktree`, `branch`, `files` and `diff`, or `outputs` alone.
 * Paths and globs are relative to `cwd` of the options.
 */
export interface WorkerSpec {
  /** Its name in the result; unique in a call. */
  id: string;
  /** A git worktree: its commits since the base, and what is not committed yet. */
  worktree?: string | undefined;
  /** A branch, tag or commit of `repository`: its commits since the base. */
  branch?: string | undefined;
  /** Where `branch` is. Default: `cwd`. */
  repository?: string | undefined;
  /** What the work started from; the evidence is the difference to the merge base. Default: `base` of the options. */
  base?: string | undefined;
  /** Whether a worktree's uncommitted and untracked files are evidence. Default: true. */
  uncommitted?: boolean | undefined;
  /** Globs of whole files, in git or not. */
  files?: readonly string[] | undefined;
  /** The text of a patch in unified format. */
  diff?: string | undefined;
  /** Globs of the worker's transcripts. */
  outputs?: readonly string[] | undefined;
  /** Globs of the output of tests, linters and builds. */
  logs?: readonly string[] | undefined;
  /** What the work was to achieve: the acceptance criteria. Default: `criteria` of the options. */
  criteria?: string | undefined;
}

/** What one call may ask of the judge's answer and how that answer decides. */
export interface GatePolicy {
  /** The mildest severity of a finding that fails; `never`: no finding does. Default: `'high'`. */
  failOn?: Severity | 'never' | undefined;
  /** Least overall score, 0 to 100. Default: none. */
  minScore?: number | undefined;
  /** Least score of single dimensions. Default: none. */
  minScores?: { [D in Dimension]?: number | undefined } | undefined;
  /** In how many samples a finding must be found to fail. Default: 1. */
  minAgreement?: number | undefined;
  /**
   * Which findings can fail: `changed`, what the work added, changed or brought about by what it removed; `all`, also what
   * it left as it was. Default: `'changed'`.
   */
  scope?: AppliedGate['scope'] | undefined;
  /**
   * Findings that are known already: the entries of a baseline, which know them again when lines move, files are renamed and
   * judges choose other words; or ids alone, which need all of these to be as they were. Default: none.
   */
  baseline?: readonly (string | BaselineFinding)[] | undefined;
  /** Only findings that the baseline does not have fail. Default: true when `baseline` is given. */
  newOnly?: boolean | undefined;
  /**
   * Whether a comment `rlm-ignore RULE -- reason` that the work brings, or whose lines it changed, lets a finding be. One that
   * stands where the work started does anyway, on lines that the work left as they were. Default: false.
   */
  allowNewSuppressions?: boolean | undefined;
  /**
   * What the exit code makes of work that could not be judged. The verdict stays `inconclusive`; it never covers work that
   * was not found, nor anything that was found in it. Default: `'fail'`.
   */
  onError?: AppliedGate['onError'] | undefined;
  /**
   * What work comes to that holds nothing to judge: nothing changed, or only pictures, empty files and what is excluded.
   * `pass`: the verdict `nothing_to_judge`, with exit code 0; `inconclusive` and `fail`: these. It never covers work that
   * cannot be shown to the judge. Default: `'pass'`.
   */
  nothingToJudge?: AppliedGate['nothingToJudge'] | undefined;
  /**
   * What changes come to that no model can be shown: binary data, submodules, content of Git LFS, what a filter makes, nested
   * repositories, links that are not followed. `pass`: they count as nothing; work of nothing else holds nothing to judge.
   * `alone`: work of nothing else is inconclusive; beside text that is judged they are listed. `inconclusive` and `fail`: the
   * work is this wherever there are such. What another check covers can be named in `exclude`. Default: `'alone'`.
   */
  unshown?: AppliedGate['unshown'] | undefined;
}

/** A question of the caller's, answered for each worker with met, not met or not applicable. */
export interface Criterion {
  /** Letters, digits and dashes; the rule of its findings. */
  id: string;
  /** What is asked, as the judge reads it; `yes` is good. */
  question: string;
  /** Severity of the findings that show it is not met. */
  severity: Severity;
  /** What counts as met and as not met, in words. */
  anchors?:
    | {
        /** What counts as met, for example `what two places need is in one place`. */
        met?: string | undefined;
        /** What counts as not met. */
        notMet?: string | undefined;
      }
    | undefined;
}

/** A set of questions that comes with the package. */
export type RubricPreset = 'dry' | 'security';

/** How the judge runs: options of `runRLM`, without those that are the judge's own. */
export type JudgeOptions = Omit<
  RLMOptions,
  | 'schema'
  | 'tools'
  | 'subTools'
  | 'requireCoverage'
  | 'validate'
  | 'validateTimeoutMs'
  | 'maxBudgetUsd'
  | 'signal'
  | 'onEvent'
  | 'systemPrompt'
  | 'store'
  | 'runId'
>;

/** Who takes a second look at what a verdict rests on. What is not named here is as `judge` has it. */
export interface VerifierOptions {
  /** The model that is asked, as `rootModel` of `runRLM`; another one than the judge's. */
  model: NonNullable<RLMOptions['rootModel']>;
  /** Who serves it. Default: whoever serves the judge, with its key and address. */
  backend?: RLMOptions['backend'];
  /** Its key. Default: the variable of its backend. */
  apiKey?: RLMOptions['apiKey'];
  /** Its address. Default: that of its backend. */
  baseUrl?: RLMOptions['baseUrl'];
  /** Options of its backend. Default: none. */
  backendOptions?: RLMOptions['backendOptions'];
  /** How it is sampled. Default: as its provider does. */
  samplingArgs?: RLMOptions['samplingArgs'];
}

/** Options of `assessWorkers`. Every one is checked before anything starts. */
export interface AssessOptions {
  /** What relative paths are relative to. Default: the process's working directory. */
  cwd?: string | undefined;
  /** What work started from, where a worker does not say. Default: the remote's HEAD, `main` or `master`, the first there is. */
  base?: string | undefined;
  /** The acceptance criteria of workers that have none of their own. Default: none. */
  criteria?: string | undefined;
  /** Folder of `<id>.output` transcripts, for ids. Default: none. */
  outputDir?: string | undefined;
  /** Where the worker of an id is; undefined: not known here. Asked first. */
  resolve?:
    | ((id: string) => Omit<WorkerSpec, 'id'> | undefined | Promise<Omit<WorkerSpec, 'id'> | undefined>)
    | undefined;
  /** Globs of changed files that are not judged, lock files for example; each is reported as omitted. Default: none. */
  exclude?: readonly string[] | undefined;
  /**
   * Files and folders that the caller writes, reports and baselines for example: they are no work where they are found in
   * `files`, or untracked in a work tree. Relative to `cwd`. Default: none.
   */
  notWork?: readonly string[] | undefined;
  /** Whether links that lead out of the folder judged are followed, for `files`, `outputs` and `logs`. Default: false. */
  followLinks?: boolean | undefined;
  /** Most files that are read for one worker. Default: 50 000. */
  maxFiles?: number | undefined;
  /** Largest file that is read, in bytes. Default: 100 000 000. */
  maxFileBytes?: number | undefined;
  /** Most that is read for one worker, in bytes. Default: 500 000 000. */
  maxBytes?: number | undefined;
  /** Longest document a file may make, in characters; of longer files only the changes are shown. Default: 1 000 000. */
  maxFileChars?: number | undefined;

  /** The caller's questions, beside the dimensions. Default: none. */
  rubric?: readonly Criterion[] | undefined;
  /** Questions that come with the package. Default: none. */
  presets?: readonly RubricPreset[] | undefined;
  /** How often each worker is judged, side by side. Default: 1. */
  samples?: number | undefined;
  /** Fraction of the evidence that must have reached a model, above 0 to 1. Default: 1. */
  requireCoverage?: number | undefined;
  /** What fails. */
  gate?: GatePolicy | undefined;
  /**
   * The assessment before. Each finding of a worker that it has, too, is said to be new or still there, and each of its own
   * that is not found any more to be fixed or not. No verdict depends on it. Default: none.
   */
  previous?: AssessmentResult | undefined;
  /**
   * Globs of the files that hold this policy, relative to the top of a repository: configuration, rubric, baseline. Work that
   * touches one is judged like any other, and said to touch it in every report. Default: none.
   */
  policyFiles?: readonly string[] | undefined;

  /** How the judge runs. Default: the defaults of `runRLM`, 15 minutes for each sample, and `maxRefusals: 3`. */
  judge?: JudgeOptions | undefined;
  /**
   * A second model that is asked about each finding which fails the gate, or by which a least score is missed, one call
   * each: it is told the claim and the lines, and nothing else of the judge. What it does not confirm leaves the worker
   * inconclusive. Default: none.
   */
  verifier?: VerifierOptions | undefined;
  /** Workers judged at once. Default: 2. */
  concurrency?: number | undefined;
  /** Most that the call may spend, in USD: the workers with the least evidence are judged first. Default: no ceiling. */
  maxBudgetUsd?: number | undefined;
  /** Most that one worker may cost, in USD. Default: no ceiling. */
  maxBudgetUsdPerWorker?: number | undefined;
  /**
   * Whether the judge may search the repository as the work found it, in git: what is there already, and who calls what was
   * changed. Default: true with the preset `dry`, else false.
   */
  reference?: boolean | undefined;
  /**
   * Documents beside the work that the judge is told to hold it against, as texts by their names: rules of a project, a
   * design, what an interface promises. They are not judged, and coverage does not count them; findings may refer to them, as
   * `context:NAME`. Default: none.
   */
  context?: Readonly<Record<string, string>> | undefined;
  /**
   * Whether larger work is judged by readings of its parts, each kept by what was read: when the work changes, the parts that
   * changed are read again, and one run over all readings judges the whole. Default: false.
   */
  incremental?: boolean | undefined;
  /** Whether a judgement is kept, and serves equal evidence that is judged in the same way; `{ dir }` is where. Default: true. */
  cache?:
    | boolean
    | {
        /** The folder, which is made where it is not there. */
        dir: string;
      }
    | undefined;

  /**
   * Where the runs that judge are kept, so that the assessment survives its process: called again with the same
   * `assessmentId`, it goes on. See docs/assess.md. Default: none.
   */
  store?: RunStore | undefined;
  /**
   * Which assessment of the store it is: 1 to 64 letters, digits and `. _ @ + -`, a letter or digit first. Given with
   * `store`, and only then.
   */
  assessmentId?: string | undefined;

  /** Ends the call: it rejects with an `AssessAbortError` that has what was judged until then. */
  signal?: AbortSignal | undefined;
  /** Called with each event. What it throws is reported as a process warning and does not disturb the call. */
  onEvent?: ((event: AssessEvent) => void) | undefined;
}

/** Defaults of {@link AssessOptions} that are plain values. */
export const DEFAULT_ASSESS_OPTIONS = {
  maxFileChars: 1_000_000,
  maxFiles: 50_000,
  maxFileBytes: 100_000_000,
  maxBytes: 500_000_000,
  samples: 1,
  requireCoverage: 1,
  concurrency: 2,
  maxDurationMsPerSample: 900_000,
  maxRefusals: 3,
} as const;

/** Defaults of {@link GatePolicy} that are plain values. */
export const DEFAULT_GATE = {
  failOn: 'high',
  minAgreement: 1,
  scope: 'changed',
  allowNewSuppressions: false,
  onError: 'fail',
  nothingToJudge: 'pass',
  unshown: 'alone',
} as const;
