import { defineConfig } from 'tsdown';
import { PUBLISHED } from '../../tsdown.base.ts';

export default defineConfig({
  ...PUBLISHED,
  entry: {
    index: 'src/index.ts',
    'require-node': 'src/require-node.ts',
    journal: 'src/journal-door.ts',
    'store-conformance': 'src/store/conformance.ts',
  },
});
