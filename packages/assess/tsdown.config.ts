import { defineConfig } from 'tsdown';

// Private packages: their code goes into the bundle, and their types are not part of the public ones.
const PRIVATE = ['@rlm-bridge/callbacks', '@rlm-bridge/files', '@rlm-bridge/options'];

export default defineConfig({
  entry: ['src/index.ts'],
  // Not the one of the tests: those reach into other packages, where types would be written.
  tsconfig: 'tsconfig.build.json',
  format: 'esm',
  platform: 'node',
  target: 'node22.18',
  dts: true,
  deps: { alwaysBundle: PRIVATE, dts: { neverBundle: PRIVATE } },
  treeshake: { moduleSideEffects: 'no-external' },
  inputOptions: { resolve: { conditionNames: ['source', 'import', 'node', 'default'] } },
});
