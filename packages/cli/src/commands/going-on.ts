import { resolve } from 'node:path';
import { given } from '@rlm-bridge/options';
import { type Command, Option } from 'commander';
import { fileStore, forkRLM, type RLMForkOptions, type RLMResumeOptions, resumeRLM } from 'rlm-bridge';
import { readConfig } from '../configuration/config-file.ts';
import type { ExitCode } from '../exit/exit-codes.ts';
import { addLimitFlags, addRunFlags, atLeastOne, type RunFlags, runOptions } from '../flags/run-flags.ts';
import { addOutputFlags, type OutputFlags, showRun, untilUnwanted } from '../terminal/run-output.ts';
import type { Terminal } from '../terminal/terminal.ts';

interface GoingOnFlags extends RunFlags, OutputFlags {
  store: string;
  config?: string;
}

interface ForkFlags extends GoingOnFlags {
  iteration: number;
  runId?: string;
}

/** Tools by any names: the command has none of its own. */
type NamedTools = Record<string, unknown>;

/** What of a configuration no store keeps, or may be another when a run goes on. */
const OF_THIS_PROCESS = [
  'apiKey',
  'subApiKey',
  'baseUrl',
  'subBaseUrl',
  'backendOptions',
  'subBackendOptions',
  'prices',
  'isolation',
  'python',
  'uv',
];

/** `rlm runs resume` and `rlm runs fork`: what asks a model again, and costs. */
export function addGoingOn(group: Command, terminal: Terminal, exit: (code: ExitCode) => void): void {
  const resume = group
    .command('resume <run-id>')
    .description('Go on with a run that was killed, aborted, or ended by a limit that is higher now');
  addLimitFlags(withCommon(resume)).action(async (runId: string, flags: GoingOnFlags) => {
    const { store, ...common } = await commonOptions(flags, terminal);
    const options: RLMResumeOptions<unknown, NamedTools> = { ...runOptions(common, flags), store };
    exit(await showRun(resumeRLM<unknown, NamedTools>(runId, options), flags, terminal));
  });
  const fork = group
    .command('fork <run-id>')
    .description('Begin a new run as another one began, and go on with other options')
    .addOption(
      new Option('--iteration <n>', 'the first that is to be another').argParser(atLeastOne).makeOptionMandatory(),
    )
    .option('--run-id <id>', 'name of the new run; default: a random one');
  addRunFlags(withCommon(fork)).action(async (runId: string, flags: ForkFlags) => {
    const { store, ...common } = await commonOptions(flags, terminal);
    const options: RLMForkOptions<unknown, NamedTools> = {
      ...runOptions(common, flags),
      ...given({ runId: flags.runId }),
      store,
      from: { iteration: flags.iteration },
    };
    exit(await showRun(forkRLM<unknown, NamedTools>(runId, options), flags, terminal));
  });
}

function withCommon(command: Command): Command {
  return addOutputFlags(
    command
      .option('--store <folder>', 'folder of the store', 'runs')
      .option('--config <file>', 'configuration; default: the nearest rlm.config.{json,yaml}'),
  );
}

async function commonOptions(flags: GoingOnFlags, terminal: Terminal) {
  const { run } = await readConfig(terminal.cwd, flags.config);
  const kept = Object.entries(run).filter(([name]) => OF_THIS_PROCESS.includes(name));
  return {
    ...Object.fromEntries(kept),
    store: fileStore(resolve(terminal.cwd, flags.store)),
    signal: untilUnwanted(terminal),
    quiet: flags.quiet === true,
  };
}
