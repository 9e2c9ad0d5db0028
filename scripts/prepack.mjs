// Builds the package at hand, unless all were built before, and puts into it what it publishes of the rest of the repository;
// `--clean` takes that out again.
import { execSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = process.cwd();
const repository = join(root, '..', '..');
const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const copies = ['README.md', 'LICENSE'];

rmSync(join(root, 'worker'), { recursive: true, force: true });
for (const name of copies) rmSync(join(root, name), { force: true });
if (!process.argv.includes('--clean')) {
  if (process.env.RLM_BUILT !== '1') execSync('pnpm build', { stdio: 'inherit' });
  for (const name of copies) cpSync(join(repository, name), join(root, name));
  if (files.includes('worker')) copyWorker();
}

function copyWorker() {
  const isSource = (path) => !path.includes('__pycache__') && !path.endsWith('.pyc');
  for (const name of ['pyproject.toml', 'uv.lock', 'src']) {
    cpSync(join(repository, 'python', name), join(root, 'worker', name), { recursive: true, filter: isSource });
  }
}
