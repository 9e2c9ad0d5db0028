import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { installFromDebian, isCI } from './debian.ts';

// Docker for the tests: the daemon that answers, or, in CI on a Linux that is ours to change, one of our own.

export const SANDBOX_IMAGE = 'rlm-bridge-sandbox:local';

export interface Docker extends AsyncDisposable {
  /** Why there is no Docker; null when there is one, with the sandbox image built. */
  readonly missing: string | null;
}

/** Never rejects: what went wrong is in `missing`. Disposing stops the daemon started here, and no other. */
export async function provideDocker(logFile: string): Promise<Docker> {
  let daemon: Daemon | null = null;
  const docker = (missing: string | null): Docker => ({ missing, [Symbol.asyncDispose]: async () => daemon?.stop() });
  try {
    if (!(await daemonAnswers())) {
      const silent = 'No Docker daemon answers';
      if (!isCI) return docker(`${silent}: start Docker. With CI=1, root on Debian gets one installed and started.`);
      if (process.getuid?.() !== 0 || process.platform !== 'linux')
        return docker(`${silent}; only root on Linux can start one.`);
      await installEngine();
      daemon = startDaemon(logFile);
      await daemon.ready;
    }
    await ensureSandboxImage();
    return docker(null);
  } catch (error) {
    return docker(error instanceof Error ? error.message : String(error));
  }
}

/** Builds the sandbox image, unless it is there, and gives its name. */
export async function ensureSandboxImage(): Promise<string> {
  const script = join(import.meta.dirname, '../packages/cli/sandbox/build-image');
  await execa('bash', [script, SANDBOX_IMAGE], { stdio: ['ignore', process.stderr, process.stderr] });
  return SANDBOX_IMAGE;
}

async function daemonAnswers(): Promise<boolean> {
  const { exitCode } = await execa({ reject: false, timeout: 20_000 })`docker info --format {{.ServerVersion}}`;
  return exitCode === 0;
}

/** The Engine, and debootstrap to make a base image where no registry can be reached. */
async function installEngine(): Promise<void> {
  const wanted = { 'docker.io': '/usr/sbin/dockerd', debootstrap: '/usr/sbin/debootstrap' };
  const missing: string[] = [];
  for (const [name, path] of Object.entries(wanted)) await access(path).catch(() => missing.push(name));
  if (missing.length > 0) await installFromDebian(missing);
}

interface Daemon {
  ready: Promise<void>;
  stop(): Promise<void>;
}

function startDaemon(logFile: string): Daemon {
  const log = { file: logFile };
  const dockerd = execa('dockerd', { stdin: 'ignore', stdout: log, stderr: log, reject: false });
  let hasExited = false;
  const exit = dockerd.then(() => {
    hasExited = true;
  });
  const ready = async () => {
    while (!(await daemonAnswers())) {
      if (hasExited) throw new Error(`dockerd ended by itself:\n${await lastLines(logFile)}`);
      await pause(200);
    }
  };
  const stop = async () => {
    dockerd.kill('SIGTERM');
    await exit;
  };
  return { ready: ready(), stop };
}

async function lastLines(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).trimEnd().split('\n').slice(-5).join('\n');
}
