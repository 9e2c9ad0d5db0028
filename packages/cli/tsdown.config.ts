import { defineConfig } from 'tsdown';
import { published } from '../../tsdown.base.ts';

const base = published(import.meta.dirname);

export default defineConfig({
  ...base,
  entry: ['src/bin.ts', 'src/main.ts'],
  dts: { ...base.dts, entry: 'src/main.ts' },
});
