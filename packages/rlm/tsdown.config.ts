import { defineConfig } from 'tsdown';

const PRIVATE = ['@rlm-bridge/files', '@rlm-bridge/protocol'];

// The protocol and the reader of files are private packages: their code goes into the bundle, and their types are not public.
export default defineConfig({
  entry: ['src/index.ts', 'src/require-node.ts'],
  format: 'esm',
  platform: 'node',
  target: 'node22.18',
  dts: true,
  deps: { alwaysBundle: PRIVATE, dts: { neverBundle: PRIVATE } },
  treeshake: { moduleSideEffects: 'no-external' },
  inputOptions: { resolve: { conditionNames: ['source', 'import', 'node', 'default'] } },
});
