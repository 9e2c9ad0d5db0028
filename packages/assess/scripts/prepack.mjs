// Puts into the package what it publishes of the rest of the repository; `--clean` takes it out again.
import { cpSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const repository = join(root, '..', '..');
const copies = { 'README.md': 'docs/assess.md', LICENSE: 'LICENSE' };

for (const [name, source] of Object.entries(copies)) {
  rmSync(join(root, name), { force: true });
  if (!process.argv.includes('--clean')) cpSync(join(repository, source), join(root, name));
}
