import { execa } from 'execa';
import { IMAGE } from './run.ts';

/** Why podman cannot start a container on this machine, or null when it can. Gives it Docker's image when it has none. */
export async function whyNoPodman(): Promise<string | null> {
  const quiet = { reject: false, stdin: 'ignore' } as const;
  const version = await execa('podman', ['--version'], quiet);
  if (version.failed) return version.code === 'ENOENT' ? 'podman was not found on PATH' : version.stderr;
  const found = await execa('podman', ['image', 'exists', IMAGE], quiet);
  if (found.failed) {
    const loaded = await execa('docker', ['save', IMAGE], { ...quiet, buffer: false }).pipe('podman', ['load'], quiet);
    if (loaded.failed) return `it has no image ${IMAGE}, and Docker has none to give: ${loaded.stderr}`;
  }
  const flags = ['--rm', '--network', 'none', '--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024'];
  const started = await execa('podman', ['run', ...flags, '--entrypoint', 'true', IMAGE], quiet);
  return started.failed ? `${version.stdout}: ${started.stderr}` : null;
}
