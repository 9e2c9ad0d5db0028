import { type Command, Option } from 'commander';
import type { Flags } from '../actions/assess.ts';
import { addAssessFlags } from '../flags/assess-flags.ts';
import { reportRequest } from '../flags/report-request.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Act } from './act.ts';

const EXAMPLES = `
Examples:
  $ rlm assess --changed --base main                      what this checkout changes
  $ rlm assess auth docs --base main --fail-on critical   two branches
  $ rlm assess --changed --report sarif=rlm.sarif --report junit=rlm.xml --github

Exit codes: 0 pass or nothing to judge, 1 gate failed, 2 wrong usage, 3 could not be judged, 130 and 143 on signals.`;

/** `rlm assess`: the work of coding workers judged, and a gate on it. */
export function addAssess(program: Command, terminal: Terminal, act: Act): void {
  const command = program.command('assess').description('Judge the work of coding workers, and gate on it');
  addAssessFlags(command)
    .optionsGroup('Output:')
    .addOption(
      new Option(
        '--report <format=path>',
        'sarif, junit, md, json, gitlab, rdjson or html; may be given again',
      ).argParser(reportRequest),
    )
    .option('--github', 'annotations, step summary and outputs of a GitHub job')
    .option('--json', 'the whole result as one JSON document')
    .addOption(
      new Option('--instructions <worker>', "what is to be put right, as text for the worker's next prompt").conflicts([
        'json',
        'github',
      ]),
    )
    .option('--list', 'say what could be judged here: work trees, branches, polecats, transcripts; judge nothing')
    .option('--dry-run', 'say what would be read, with which models, at what cost; ask no model')
    .addHelpText('after', EXAMPLES)
    .action((ids: string[], flags: Flags) =>
      act(async () => (await import('../actions/assess.ts')).assess(ids, flags, terminal)),
    );
}
