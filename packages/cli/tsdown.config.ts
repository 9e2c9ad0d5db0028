import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: ['src/bin.ts', 'src/main.ts'],
  // Not the one of the tests: those reach into other packages, where types would be written.
  tsconfig: 'tsconfig.build.json',
  format: 'esm',
  platform: 'node',
  target: 'node22.18',
  dts: { entry: 'src/main.ts' },
  // A private package: its code goes into the bundle.
  deps: { alwaysBundle: ['@rlm-bridge/files', '@rlm-bridge/options'] },
  inputOptions: { resolve: { conditionNames: ['source', 'import', 'node', 'default'] } },
});
