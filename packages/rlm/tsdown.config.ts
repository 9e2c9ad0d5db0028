import { defineConfig } from 'tsdown';

// The protocol is a private package: its code goes into the bundle, and its types are not part of the public ones.
export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node22.18',
  dts: true,
  deps: { alwaysBundle: ['@rlm-bridge/protocol'], dts: { neverBundle: ['@rlm-bridge/protocol'] } },
  treeshake: { moduleSideEffects: 'no-external' },
  inputOptions: { resolve: { conditionNames: ['source', 'import', 'node', 'default'] } },
});
