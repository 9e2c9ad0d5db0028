import { type Command, Option } from 'commander';
import { addOutputFlags } from '../flags/output-flags.ts';
import { addLimitFlags, addRunFlags, atLeastOne } from '../flags/run-flags.ts';
import type { ForkFlags, GoingOnFlags } from '../flags/runs-flags.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Act } from './act.ts';

/** `rlm runs resume` and `rlm runs fork`: what asks a model again, and costs. */
export function addGoingOn(group: Command, terminal: Terminal, act: Act): void {
  const resume = group
    .command('resume <run-id>')
    .description('Go on with a run that was killed, aborted, or ended by a limit that is higher now');
  addLimitFlags(withCommon(resume)).action((runId: string, flags: GoingOnFlags) =>
    act(async () => (await import('../actions/going-on.ts')).resume(runId, flags, terminal)),
  );
  const fork = group
    .command('fork <run-id>')
    .description('Begin a new run as another one began, and go on with other options')
    .addOption(
      new Option('--iteration <n>', 'the first that is to be another').argParser(atLeastOne).makeOptionMandatory(),
    )
    .option('--run-id <id>', 'name of the new run; default: a random one');
  addRunFlags(withCommon(fork)).action((runId: string, flags: ForkFlags) =>
    act(async () => (await import('../actions/going-on.ts')).fork(runId, flags, terminal)),
  );
}

function withCommon(command: Command): Command {
  return addOutputFlags(
    command
      .option('--store <folder>', 'folder of the store', 'runs')
      .option('--config <file>', 'configuration; default: the nearest rlm.config.{json,yaml}'),
  );
}
