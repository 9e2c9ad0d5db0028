import { type Command, Option } from 'commander';
import type { AskFlags } from '../actions/ask.ts';
import { addOutputFlags } from '../flags/output-flags.ts';
import { addRunFlags, atLeastOne } from '../flags/run-flags.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Act } from './act.ts';

const EXAMPLES = `
Examples:
  $ rlm ask "Which function is the slowest?" --files 'src/**/*.ts' '!**/*.test.ts'
  $ rlm ask "What went wrong at 14:02?" --file server.log --budget 0.50
  $ rlm ask "Who signed?" --files '*.txt' --store runs --run-id treaty   # again after a kill: it goes on
  $ git diff main | rlm ask "Which change could lose data?" --stdin --json

Exit codes: 0 answered, 2 wrong usage, 3 no answer, 130 and 143 on signals, 141 when nobody reads the output any more.`;

/** `rlm ask`: a question over a file, many files, or what comes in through a pipe. */
export function addAsk(program: Command, terminal: Terminal, act: Act): void {
  const command = program
    .command('ask')
    .description('Answer a question over long input')
    .argument('<query>', 'the question')
    .optionsGroup('Input:')
    .option('--file <path>', 'one UTF-8 file, of any length')
    .option('--files <glob...>', 'files by glob; a leading ! excludes')
    .option('--stdin', 'what is piped in')
    .option('--follow-links', 'read what is behind links that leave the folder, for --files')
    .addOption(new Option('--max-files <n>', 'most files, for --files; default: 50000').argParser(atLeastOne))
    .addOption(new Option('--max-file-bytes <n>', 'largest file; default: 500000000').argParser(atLeastOne))
    .addOption(new Option('--max-bytes <n>', 'most in all, for --files; default: 1000000000').argParser(atLeastOne))
    .optionsGroup('Going on after a kill:')
    .option('--store <folder>', 'keep the run there; with --run-id it goes on, or gives its result again')
    .option('--run-id <id>', 'name of the run; default: a random one')
    .optionsGroup('Output:')
    .option('--view', 'look at it in the browser while it works; it is kept in --store, or in a temporary folder')
    .option('--schema <file>', 'JSON Schema of the answer: it is printed as JSON that fits it')
    .option('--config <file>', 'configuration; default: the nearest rlm.config.{json,yaml}');
  addOutputFlags(command);
  addRunFlags(command)
    .addHelpText('after', EXAMPLES)
    .action((query: string, flags: AskFlags) =>
      act(async () => (await import('../actions/ask.ts')).ask(query, flags, terminal)),
    );
}
