import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UserConfig } from 'tsdown';

/** The packages that are not published: their code goes into the bundles of those that are. */
const PRIVATE = globSync('packages/*/package.json', { cwd: import.meta.dirname })
  .map((path) => JSON.parse(readFileSync(join(import.meta.dirname, path), 'utf8')))
  .filter((manifest) => manifest.private === true)
  .map((manifest): string => manifest.name);

/** How every published package is built. */
export const PUBLISHED = {
  entry: ['src/index.ts'],
  // Not the one of the tests: those reach into other packages, where types would be written.
  tsconfig: 'tsconfig.build.json',
  format: 'esm',
  platform: 'node',
  target: 'node22.18',
  dts: true,
  // The types of a private package are not part of the public ones.
  deps: { alwaysBundle: PRIVATE, dts: { neverBundle: PRIVATE } },
  // rlm-bridge says which Node is needed, to whoever imports anything of ours.
  treeshake: { moduleSideEffects: (id, external) => !external || id === 'rlm-bridge' },
  inputOptions: { resolve: { conditionNames: ['source', 'import', 'node', 'default'] } },
} satisfies UserConfig;
