import { type Command, InvalidArgumentError, Option } from 'commander';
import { whole } from '../flags/run-flags.ts';
import { DEFAULT_STORE, type ViewFlags } from '../flags/view-flags.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Act } from './act.ts';

const EXAMPLES = `
Examples:
  $ rlm view                              # the runs of the folder runs, live
  $ rlm view treaty --store kept          # one of them
  $ rlm view kept                         # a store by its folder
  $ rlm view logs/rlm.jsonl               # a log of the official library, or a folder of logs
  $ rlm view treaty --html treaty.html    # one file that opens anywhere
  $ rlm view rlm.json --store kept        # the result of an assessment, with the runs that judged

Exit codes: 0 ended by Ctrl-C, or the file is written; 2 wrong usage.`;

/** `rlm view`: the runs of a store as a page on loopback, or one of them as a file. */
export function addView(program: Command, terminal: Terminal, act: Act): void {
  program
    .command('view')
    .description('Look at runs in the browser, live; or write one into an HTML file')
    .argument(
      '[run]',
      'a run of the store, the folder of a store, a log of the official library, or the result of an assessment',
    )
    .option('--store <folder>', `folder of the store; default: ${DEFAULT_STORE}`)
    .addOption(new Option('--port <n>', 'port of 127.0.0.1; default: one that is free').argParser(port))
    .option('--no-open', 'tell the address, and open no browser')
    .option('--html <file>', 'write the run into one HTML file, and serve nothing')
    .addHelpText('after', EXAMPLES)
    .action((target: string | undefined, flags: ViewFlags) =>
      act(async () => (await import('../actions/view.ts')).view(target, flags, terminal)),
    );
}

function port(text: string): number {
  const value = whole(text);
  if (value >= 1 && value <= 65_535) return value;
  throw new InvalidArgumentError('It must be a port, 1 to 65535.');
}
