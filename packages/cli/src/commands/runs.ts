import { type Command, InvalidArgumentError, Option } from 'commander';
import type { PruneFlags, StoreFlags, VerifyFlags } from '../flags/runs-flags.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Act } from './act.ts';
import { addGoingOn } from './going-on.ts';

const DAY_MS = 86_400_000;
const UNITS_MS: Readonly<Record<string, number>> = { h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS };

/** `rlm runs`: the runs and sessions of a store. All but going on with one looks at them without a model and without money. */
export function addRuns(program: Command, terminal: Terminal, act: Act): void {
  const group = program.command('runs').description('The runs and sessions that a store keeps');
  addGoingOn(group, terminal, act);
  const actions = () => import('../actions/runs.ts');
  const add = (name: string, description: string) =>
    group.command(name).description(description).option('--store <folder>', 'folder of the store', 'runs');
  const on = (action: 'show' | 'replay' | 'verify' | 'remove') => (runId: string, flags: VerifyFlags) =>
    act(async () => (await actions())[action](runId, flags, terminal));
  add('list', 'Every run, the newest first').action((flags: StoreFlags) =>
    act(async () => (await actions()).list(flags, terminal)),
  );
  add('show <run-id>', 'How a run ended, and what it came to').action(on('show'));
  add('replay <run-id>', 'Its events as they were, each a line of JSON').action(on('replay'));
  add('verify <run-id>', 'Check every line of its journal')
    .option('--replay', 'and run its code again over it: no model, no tool and no money')
    .action(on('verify'));
  add('rm <run-id>', 'Remove a run, and what only it has').action(on('remove'));
  add('prune', 'Remove the runs that were written last before a time')
    .addOption(new Option('--older-than <age>', 'as 12h, 30d or 8w').argParser(ageOf).makeOptionMandatory())
    .action((flags: PruneFlags) => act(async () => (await actions()).prune(flags, terminal)));
}

function ageOf(text: string): number {
  const [, count = '', unit = ''] = /^([1-9]\d{0,5})([hdw])$/.exec(text) ?? [];
  const ms = Number(count) * (UNITS_MS[unit] ?? Number.NaN);
  if (Number.isFinite(ms) && ms > 0) return ms;
  throw new InvalidArgumentError('It must be an age as 12h, 30d or 8w.');
}
