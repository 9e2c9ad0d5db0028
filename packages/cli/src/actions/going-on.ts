import { resolve } from 'node:path';
import { given } from '@rlm-bridge/options';
import { fileStore, forkRLM, type RLMForkOptions, type RLMResumeOptions, resumeRLM } from 'rlm-bridge';
import { readConfig } from '../configuration/config-file.ts';
import type { ExitCode } from '../exit/exit-codes.ts';
import { runOptions } from '../flags/run-flags.ts';
import type { ForkFlags, GoingOnFlags } from '../flags/runs-flags.ts';
import { showRun, untilUnwanted } from '../terminal/run-output.ts';
import type { Terminal } from '../terminal/terminal.ts';

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

/** Goes on with a run that is kept. */
export async function resume(runId: string, flags: GoingOnFlags, terminal: Terminal): Promise<ExitCode> {
  const { store, ...common } = await commonOptions(flags, terminal);
  const options: RLMResumeOptions<unknown, NamedTools> = { ...runOptions(common, flags), store };
  return await showRun(resumeRLM<unknown, NamedTools>(runId, options), flags, terminal);
}

/** Begins a new run as one that is kept began. */
export async function fork(runId: string, flags: ForkFlags, terminal: Terminal): Promise<ExitCode> {
  const { store, ...common } = await commonOptions(flags, terminal);
  const options: RLMForkOptions<unknown, NamedTools> = {
    ...runOptions(common, flags),
    ...given({ runId: flags.runId }),
    store,
    from: { iteration: flags.iteration },
  };
  return await showRun(forkRLM<unknown, NamedTools>(runId, options), flags, terminal);
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
