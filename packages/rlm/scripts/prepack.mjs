// Puts into the package what it publishes of the rest of the repository; `--clean` takes it out again.
import { cpSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const repository = join(root, '..', '..');
const copies = ['README.md', 'LICENSE'];

rmSync(join(root, 'worker'), { recursive: true, force: true });
for (const name of copies) rmSync(join(root, name), { force: true });
if (!process.argv.includes('--clean')) {
  for (const name of copies) cpSync(join(repository, name), join(root, name));
  const isSource = (path) => !path.includes('__pycache__') && !path.endsWith('.pyc');
  for (const name of ['pyproject.toml', 'uv.lock', 'src']) {
    cpSync(join(repository, 'python', name), join(root, 'worker', name), { recursive: true, filter: isSource });
  }
}
