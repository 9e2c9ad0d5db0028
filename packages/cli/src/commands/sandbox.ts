import { printable } from '@rlm-bridge/assess';
import { type Command, Option } from 'commander';
import { readConfig } from '../configuration/config-file.ts';
import { EXIT, type ExitCode } from '../exit/exit-codes.ts';
import { buildSandboxImage, LOCAL_IMAGE } from '../sandbox-image.ts';
import type { Terminal } from '../terminal/terminal.ts';

interface Flags {
  name?: string;
  runtime?: 'docker' | 'podman';
  config?: string;
}

const EXAMPLES = `
Examples:
  $ sudo rlm sandbox build                            makes ${LOCAL_IMAGE}
  $ export RLM_SANDBOX_IMAGE=${LOCAL_IMAGE}   has every run use it

Needs root, debootstrap and a Debian mirror, and no image registry. Where a registry answers, nothing has to be made: the
first run pulls its image.

Exit codes: 0 the image is there, 2 wrong usage, 3 it could not be made, 130 and 143 on signals.`;

/** `rlm sandbox`: the image that model code runs in. */
export function addSandbox(program: Command, terminal: Terminal, exit: (code: ExitCode) => void): void {
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
    .action(async (flags: Flags) => exit(await build(flags, terminal)));
}

async function build(flags: Flags, { cwd, env, stderr, signal }: Terminal): Promise<ExitCode> {
  const { run } = await readConfig(cwd, flags.config);
  const configured = run.environmentOptions as { image?: string; runtime?: 'docker' | 'podman' } | undefined;
  const used = configured?.image ?? (env.RLM_SANDBOX_IMAGE || undefined);
  const image = flags.name ?? used ?? LOCAL_IMAGE;
  const runtime = flags.runtime ?? configured?.runtime ?? 'docker';
  const onLine = (line: string) => void stderr.write(`${printable(line)}\n`);
  if (!(await buildSandboxImage({ image, runtime, env, signal, onLine }))) return EXIT.inconclusive;
  if (image !== used) onLine(`To have runs use it: export RLM_SANDBOX_IMAGE=${image}, or pass --image ${image}`);
  return EXIT.ok;
}
