import { given } from '@rlm-bridge/options';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RLMOptions } from 'rlm-bridge';

/** The flags of every command that runs a model, as commander gives them. */
export interface RunFlags {
  backend?: string;
  rootModel?: string;
  subModel?: string;
  environment?: string;
  image?: string;
  budget?: number;
  maxIterations?: number;
  maxSubCalls?: number;
  maxToolCalls?: number;
  maxRefusals?: number;
  maxDuration?: number;
  logDir?: string | false;
}

export function addRunFlags(command: Command): Command {
  const withModels = command
    .optionsGroup('Model and limits:')
    .addOption(new Option('--backend <name>', 'who serves the models; default: the first key found'))
    .addOption(new Option('--root-model <name>', 'the model that writes code'))
    .addOption(new Option('--sub-model <name>', 'the model of every sub-call'))
    .addOption(
      new Option(
        '--environment <name>',
        'where model code runs: auto (default), which is docker where it answers, else landlock; or local, which is no sandbox',
      ),
    )
    .addOption(new Option('--image <name>', 'container image with Python >= 3.9; auto is docker then'));
  return addLimitFlags(withModels);
}

/** Of a run that goes on, too. */
export function addLimitFlags(command: Command): Command {
  return command
    .optionsGroup('Model and limits:')
    .addOption(new Option('--budget <usd>', 'most that one run may spend').argParser(positive))
    .addOption(new Option('--max-iterations <n>').argParser(whole))
    .addOption(new Option('--max-sub-calls <n>').argParser(whole))
    .addOption(new Option('--max-tool-calls <n>').argParser(whole))
    .addOption(new Option('--max-refusals <n>', 'answers with the same fault before it stops').argParser(atLeastOne))
    .addOption(new Option('--max-duration <seconds>', 'longest that one run may take').argParser(seconds))
    .addOption(new Option('--log-dir <folder>', 'trajectory logs; default: ./logs'))
    .addOption(new Option('--no-log-dir', 'write no trajectory log'));
}

/** Options of `runRLM`: those of the configuration, and the flags over them. `runRLM` judges them. */
export function runOptions(config: Record<string, unknown>, flags: RunFlags): RLMOptions {
  const asked = {
    backend: flags.backend,
    rootModel: flags.rootModel,
    subModel: flags.subModel,
    environment: flags.environment,
    maxBudgetUsd: flags.budget,
    maxIterations: flags.maxIterations,
    maxSubCalls: flags.maxSubCalls,
    maxToolCalls: flags.maxToolCalls,
    maxRefusals: flags.maxRefusals,
    maxDurationMs: flags.maxDuration === undefined ? undefined : Math.round(flags.maxDuration * 1000),
    // commander's default of a --no- flag is true: nothing was said.
    logDir: (flags.logDir as unknown) === true ? undefined : flags.logDir,
    environmentOptions:
      flags.image === undefined
        ? undefined
        : { ...(config.environmentOptions as object | undefined), image: flags.image },
  };
  return { ...config, ...(given(asked) as RLMOptions) };
}

/** The same of a run that is begun: a machine without Docker has a sandbox, too. */
export function newRunOptions(config: Record<string, unknown>, flags: RunFlags): RLMOptions {
  const options: RLMOptions = { environment: 'auto', ...given(runOptions(config, flags)) };
  // An image that was asked for is used, or the run says why not: no other environment has one.
  return flags.image !== undefined && options.environment === 'auto' ? { ...options, environment: 'docker' } : options;
}

export function whole(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}

/** What `maxDurationMs` can be, in the unit of the flag. */
const MOST_SECONDS = 2_000_000;

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0.001 && value <= MOST_SECONDS) return value;
  throw new InvalidArgumentError(`It must be a number of seconds, 0.001 to ${MOST_SECONDS}.`);
}

export function atLeastOne(text: string): number {
  if (whole(text) >= 1) return whole(text);
  throw new InvalidArgumentError('It must be a whole number of at least 1.');
}

export function positive(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a number above 0.');
}
