import { defineConfig } from 'tsdown';
import { published } from '../../tsdown.base.ts';

export default defineConfig({
  ...published(import.meta.dirname),
  entry: {
    index: 'src/index.ts',
    'require-node': 'src/require-node.ts',
    journal: 'src/journal-door.ts',
    'store-conformance': 'src/store/conformance.ts',
  },
});
