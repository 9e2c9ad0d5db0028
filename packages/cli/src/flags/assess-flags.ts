import { type Command, InvalidArgumentError, Option } from 'commander';
import { addRunFlags, atLeastOne, positive, type RunFlags, whole } from './run-flags.ts';

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

function score(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 100) return value;
  throw new InvalidArgumentError('It must be a number from 0 to 100.');
}
