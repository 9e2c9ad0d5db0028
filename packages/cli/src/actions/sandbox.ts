import { printable } from '@rlm-bridge/text';
import { readConfig } from '../configuration/config-file.ts';
import { EXIT, type ExitCode } from '../exit/exit-codes.ts';
import { LOCAL_IMAGE, type SandboxFlags } from '../flags/sandbox-flags.ts';
import { buildSandboxImage } from '../sandbox-image.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Makes the image that model code runs in. */
export async function build(flags: SandboxFlags, { cwd, env, stderr, signal }: Terminal): Promise<ExitCode> {
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
