import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: ['src/index.ts'],
  // Not the one of the tests: those reach into other packages, where types would be written.
  tsconfig: 'tsconfig.build.json',
  format: 'esm',
  platform: 'node',
  target: 'node22.18',
  dts: true,
  // A private package: its code goes into the bundle.
  deps: { alwaysBundle: ['@rlm-bridge/options'], neverBundle: ['rlm-bridge', 'zod'] },
  inputOptions: { resolve: { conditionNames: ['source', 'import', 'node', 'default'] } },
});
