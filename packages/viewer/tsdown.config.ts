import { join } from 'node:path';
import { defineConfig } from 'tsdown';
import { build } from 'vite';
import { published } from '../../tsdown.base.ts';

export default defineConfig({
  ...published(import.meta.dirname),
  hooks: {
    'build:done': async () => {
      await build({ configFile: join(import.meta.dirname, 'vite.config.ts') });
    },
  },
});
