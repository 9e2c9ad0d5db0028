import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { UserConfig } from 'tsdown';
import { declarations } from './scripts/declarations.ts';

/** The packages that are not published: their code goes into the bundles of those that are. */
const PRIVATE = globSync('packages/*/package.json', { cwd: import.meta.dirname })
  .map((path) => JSON.parse(readFileSync(join(import.meta.dirname, path), 'utf8')))
  .filter((manifest) => manifest.private === true)
  .map((manifest): string => manifest.name);

/** How the published package in a folder is built, from there or beside others. */
export function published(folder: string) {
  return {
    cwd: folder,
    name: basename(folder),
    entry: ['src/index.ts'],
    tsconfig: join(import.meta.dirname, 'tsconfig.build.json'),
    format: 'esm',
    platform: 'node',
    target: 'node22.18',
    // This generator starts no compiler: the plugin gives the types.
    dts: { cwd: folder, generator: 'oxc' },
    plugins: [declarations()],
    // The types of a private package are not part of the public ones.
    deps: { alwaysBundle: PRIVATE, dts: { neverBundle: PRIVATE } },
    // rlm-bridge says which Node is needed, to whoever imports anything of ours.
    treeshake: { moduleSideEffects: (id, external) => !external || id === 'rlm-bridge' },
    inputOptions: { resolve: { conditionNames: ['@rlm-bridge/source', 'import', 'node', 'default'] } },
  } satisfies UserConfig;
}
