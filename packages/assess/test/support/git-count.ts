import { execFileSync } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { temporaryFolder } from './repository.ts';

/** How many processes of git work starts. */
export async function gitProcessesOf(work: () => Promise<unknown>): Promise<number> {
  return (await gitPidsOf(work)).length;
}

/** The processes of git that work starts: a program that writes down its id stands before git on PATH, and becomes it. */
export async function gitPidsOf(work: () => Promise<unknown>): Promise<number[]> {
  const folder = await temporaryFolder();
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const [program, pids] = [join(folder, 'git'), join(folder, 'pids')];
  await writeFile(program, `#!/bin/sh\necho $$ >> '${pids}'\nexec '${real}' "$@"\n`);
  await chmod(program, 0o755);
  await writeFile(pids, '');
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  await work();
  vi.unstubAllEnvs();
  return (await readFile(pids, 'utf8')).split('\n').slice(0, -1).map(Number);
}
