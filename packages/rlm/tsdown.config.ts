import { defineConfig } from 'tsdown';

const PRIVATE = ['@rlm-bridge/callbacks', '@rlm-bridge/files', '@rlm-bridge/options', '@rlm-bridge/protocol'];

// Private packages: their code goes into the bundle, and their types are not part of the public ones.
export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'require-node': 'src/require-node.ts',
    'store-conformance': 'src/store/conformance.ts',
  },
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
