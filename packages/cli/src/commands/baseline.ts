import type { Command } from 'commander';
import type { Action, Flags } from '../actions/baseline.ts';
import { addAssessFlags } from '../flags/assess-flags.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Act } from './act.ts';

const ACTIONS = {
  create: 'Accept every finding there is now',
  update: 'Accept the findings that are new, beside those accepted before',
  prune: 'Forget accepted findings that are not found any more in the files that are judged',
} as const satisfies Record<Action, string>;

/** `rlm baseline`: the findings that are known and let be, in a file of the repository. */
export function addBaseline(program: Command, terminal: Terminal, act: Act): void {
  const group = program.command('baseline').description('Keep the findings that are known and let be');
  for (const [name, description] of Object.entries(ACTIONS) as [Action, string][]) {
    const command = group.command(name).description(description);
    command.option('--output <file>', 'the file that is kept', 'rlm-baseline.json');
    if (name === 'create') command.option('--force', 'replace the file when it is there already');
    addAssessFlags(command).action((ids: string[], flags: Flags) =>
      act(async () => (await import('../actions/baseline.ts')).keep(name, ids, flags, terminal)),
    );
  }
}
