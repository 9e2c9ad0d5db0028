import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Rolldown } from 'tsdown';

const repository = join(import.meta.dirname, '..');

/** Types of all published packages, by the files that they would be in beside their sources. */
let emitted: Promise<ReadonlyMap<string, string>> | undefined;

/** Gives a bundle of types what one compiler emits for all packages: most of what it reads and infers is the same for each. */
export function declarations(): Rolldown.Plugin {
  return {
    name: 'declarations',
    load: {
      order: 'pre',
      filter: { id: { include: /\.d\.ts$/, exclude: /node_modules/ } },
      async handler(file) {
        emitted ??= emit();
        return (await emitted).get(file) ?? this.error(`no types are emitted for ${file}: see tsconfig.build.json`);
      },
    },
  };
}

async function emit(): Promise<ReadonlyMap<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-declarations-'));
  try {
    const project = ['-p', 'tsconfig.build.json', '--outDir', folder];
    // One checker: several would infer what they share again.
    await execa('tsc', [...project, '--singleThreaded'], { cwd: repository, preferLocal: true });
    const files = globSync('**/*.d.ts', { cwd: folder });
    return new Map(files.map((file) => [join(repository, 'packages', file), readFileSync(join(folder, file), 'utf8')]));
  } finally {
    await rm(folder, { recursive: true });
  }
}
