import type { Command } from 'commander';

export function addOutputFlags(command: Command): Command {
  return command
    .optionsGroup('Output:')
    .option('--json', 'the whole result as one JSON document')
    .option('--events', 'every event as a line of JSON, the result as the last')
    .option('--quiet', 'no progress on stderr');
}
