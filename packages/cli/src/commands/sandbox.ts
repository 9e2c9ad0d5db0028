import { type Command, Option } from 'commander';
import { LOCAL_IMAGE, type SandboxFlags } from '../flags/sandbox-flags.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Act } from './act.ts';

const EXAMPLES = `
Examples:
  $ sudo rlm sandbox build                            makes ${LOCAL_IMAGE}
  $ export RLM_SANDBOX_IMAGE=${LOCAL_IMAGE}   has every run use it

Needs root, debootstrap and a Debian mirror, and no image registry. Where a registry answers, nothing has to be made: the
first run pulls its image.

Exit codes: 0 the image is there, 2 wrong usage, 3 it could not be made, 130 and 143 on signals.`;

/** `rlm sandbox`: the image that model code runs in. */
export function addSandbox(program: Command, terminal: Terminal, act: Act): void {
  const group = program.command('sandbox').description('Make the container image that model code runs in');
  group
    .command('build')
    .description('Make the image from Debian packages, without an image registry')
    .option('--name <image>', `the image's name; default: RLM_SANDBOX_IMAGE, else ${LOCAL_IMAGE}`)
    .addOption(
      new Option('--runtime <name>', 'who keeps the image; default: that of the configuration, else docker').choices([
        'docker',
        'podman',
      ]),
    )
    .option('--config <file>', 'configuration; default: the nearest rlm.config.{json,yaml}')
    .addHelpText('after', EXAMPLES)
    .action((flags: SandboxFlags) => act(async () => (await import('../actions/sandbox.ts')).build(flags, terminal)));
}
