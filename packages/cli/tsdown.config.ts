import { defineConfig } from 'tsdown';
import { PUBLISHED } from '../../tsdown.base.ts';

export default defineConfig({ ...PUBLISHED, entry: ['src/bin.ts', 'src/main.ts'], dts: { entry: 'src/main.ts' } });
