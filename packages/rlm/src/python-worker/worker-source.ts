import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RLMError } from '../errors.ts';

/** The Python project of the worker: `pyproject.toml`, `uv.lock` and `src/rlm_worker`. */
export interface WorkerSource {
  project: string;
  sources: string;
  packageVersion: string;
}

/** Finds the worker: inside the published package, else in the repository the package is part of. */
export function findWorkerSource(from: string = import.meta.dirname): WorkerSource {
  const root = packageRoot(from);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  for (const project of [join(root, 'worker'), join(root, '..', '..', 'python')]) {
    const sources = join(project, 'src');
    if (existsSync(join(sources, 'rlm_worker', '__main__.py'))) return { project, sources, packageVersion: version };
  }
  const advice = 'Reinstall rlm-bridge; a bundler must leave it external';
  throw new RLMError('worker_start_failed', `The Python worker's sources are not in ${root}. ${advice}.`);
}

function packageRoot(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    const manifest = join(at, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'rlm-bridge') return at;
    if (at === dirname(at)) {
      throw new RLMError(
        'worker_start_failed',
        `${folder} is not inside the rlm-bridge package; a bundler must leave it external.`,
      );
    }
  }
}
