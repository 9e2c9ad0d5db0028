import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** Builds the package: a process of its own loads what a user has, and not our sources. */
export async function build(): Promise<void> {
  await execa({ cwd: fileURLToPath(new URL('../../rlm', import.meta.url)) })`pnpm run build`;
}

/** Builds the page of the viewer, which its server and its files show. */
export async function buildPage(): Promise<void> {
  await execa({ cwd: fileURLToPath(new URL('../../viewer', import.meta.url)) })`pnpm exec vite build`;
}

/** A Node program with one run in it, on the built package. `options` are those of `runRLM`, as JSON. */
export async function coldRun(file: string, query: string, options: string): Promise<void> {
  const program = fileURLToPath(new URL('./cold-run.ts', import.meta.url));
  await execa(process.execPath, [program, file, query, options]);
}
