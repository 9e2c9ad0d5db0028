import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { TestProject } from 'vitest/node';
import { PACKED_FOLDER, PUBLISHED, packing, tarballOf } from '../../../../scripts/tarballs.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The file of each published package, by its name. */
    tarballs: Record<string, string>;
  }
}

/** Every published package, packed once before the tests that use them; `npm test` has done so already. */
export default async function provide(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const ready = process.env[PACKED_FOLDER];
  const folder = ready ?? (await mkdtemp(join(tmpdir(), 'rlm-tarballs-')));
  project.provide('tarballs', Object.fromEntries(PUBLISHED.map((name) => [name, tarballOf(name, folder)])));
  if (ready !== undefined) return undefined;
  await execa(...packing(folder), { preferLocal: true });
  return () => rm(folder, { recursive: true });
}
