import { join } from 'node:path';
import { defineConfig } from 'vite';

const page = join(import.meta.dirname, 'src', 'page');

// The page, as one script and one style sheet: a server serves them, a report has them in it.
export default defineConfig({
  root: page,
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: join(import.meta.dirname, 'dist', 'page'),
    emptyOutDir: true,
    target: 'es2023',
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    modulePreload: false,
    rolldownOptions: {
      input: join(page, 'main.tsx'),
      output: { format: 'iife', entryFileNames: 'page.js', assetFileNames: 'page[extname]' },
    },
  },
});
