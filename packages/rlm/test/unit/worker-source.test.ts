import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { configureWorkers } from '../../src/index.ts';
import { findWorkerSource } from '../../src/python/worker-source.ts';

const repository = resolve(import.meta.dirname, '../../../..');
const nowhere = join(import.meta.dirname, 'nowhere');

test('in the repository the worker is found where it is written', () => {
  const project = join(repository, 'python');
  expect(findWorkerSource({})).toEqual({ project, sources: join(project, 'src') });
});

test('RLM_WORKER_DIR names the folder, and what is not there is said', () => {
  const env = { RLM_WORKER_DIR: nowhere };
  const message = expect.stringMatching(`^The Python worker is not in ${nowhere}\\. .*RLM_WORKER_DIR`);
  expect(() => findWorkerSource(env)).toThrow(expect.objectContaining({ code: 'worker_not_found', message }));
});

test('configureWorkers names it before the variable, and takes nothing but a path', () => {
  expect(() => configureWorkers({ workerDir: '' })).toThrow(expect.objectContaining({ code: 'invalid_options' }));
  configureWorkers({ workerDir: join(repository, 'python') });
  expect(findWorkerSource({ RLM_WORKER_DIR: nowhere }).project).toBe(join(repository, 'python'));
});
