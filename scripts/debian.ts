import { execa } from 'execa';

/** Whether this run may install what its tests need, and must not pass without them. */
export const isCI = Boolean(process.env.CI || process.env.RLM_CI);

/** Why nothing can be installed here; null: it can. */
export function whyNotInstalled(): string | null {
  if (!isCI) return 'With CI=1, root on Debian gets it installed.';
  return process.getuid?.() === 0 && process.platform === 'linux' ? null : 'Only root on Linux can install it.';
}

let installed: Promise<unknown> = Promise.resolve();

/** Installs packages of Debian, one call after the other: apt takes no second one. */
export function installFromDebian(packages: readonly string[]): Promise<void> {
  const installing = installed.then(async () => {
    const apt = execa({
      stdio: ['ignore', process.stderr, process.stderr],
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    });
    await apt`apt-get update -q`;
    await apt`apt-get install -q -y --no-install-recommends ${packages}`;
  });
  installed = installing.catch(() => {});
  return installing;
}
