import type { Terminal } from './terminal.ts';

/**
 * Opens an address in the browser of whoever sits here; where nobody does, does nothing: the address was told. Never
 * rejects: a machine without a browser is none of the command's matter.
 */
export async function openBrowser(address: string, { stderr, env, signal }: Terminal): Promise<void> {
  const isElsewhere = env.CI || env.SSH_CONNECTION || env.SSH_TTY;
  const hasDisplay = process.platform !== 'linux' || env.DISPLAY || env.WAYLAND_DISPLAY || env.WSL_DISTRO_NAME;
  if (stderr.isTTY !== true || isElsewhere || !hasDisplay || signal.aborted) return;
  const { default: open } = await import('open');
  const opening = await open(address).catch(() => null);
  opening?.on('error', () => {});
}
