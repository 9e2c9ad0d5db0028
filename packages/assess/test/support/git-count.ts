import { execFileSync } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { temporaryFolder } from './repository.ts';

/** How many processes of git work starts: one that counts stands before it on PATH. */
export async function gitProcessesOf(work: () => Promise<unknown>): Promise<number> {
  const folder = await temporaryFolder();
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const [program, counts] = [join(folder, 'git'), join(folder, 'counts')];
  await writeFile(program, `#!/bin/sh\necho >> '${counts}'\nexec '${real}' "$@"\n`);
  await chmod(program, 0o755);
  await writeFile(counts, '');
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  await work();
  vi.unstubAllEnvs();
  return (await readFile(counts, 'utf8')).length;
}
