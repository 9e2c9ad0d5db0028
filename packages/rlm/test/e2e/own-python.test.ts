import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { diagnose, RLMError, runRLM } from '../../src/index.ts';
import { PYTHON } from './support/run.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  await writeFile(join(folder, 'notes.txt'), 'no program');
  for (const name of ['bare', 'older']) await execa(PYTHON, ['-m', 'venv', '--without-pip', join(folder, name)]);
  await install('older', 'rlms', '0.1.2');
  for (const name of ['genai-prices', 'google-genai', 'httptools', 'httpx2']) await install('older', name, '99');
  for (const name of ['jsonschema', 'orjson', 'pydantic', 'python-dotenv']) await install('older', name, '99');
  await writeFile(join(folder, 'says-nothing'), '#!/bin/sh\nexit 0\n');
  await chmod(join(folder, 'says-nothing'), 0o755);
});
afterAll(() => rm(folder, { recursive: true }));

/** What an installed package is known by. */
async function install(venv: string, name: string, version: string): Promise<void> {
  const where = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  const { stdout: packages } = await execa(join(folder, venv, 'bin', 'python'), ['-c', where]);
  const info = join(packages, `${name.replaceAll('-', '_')}-${version}.dist-info`);
  await mkdir(info);
  await writeFile(join(info, 'METADATA'), `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`);
}

const INSTALL = "Install there what the worker's uv.lock lists, or leave out the python option and RLM_PYTHON";
const CHECK = 'Check the python option and RLM_PYTHON, or leave both out to let uv prepare Python.';

const WRONG: [what: string, path: string, code: string, says: string[]][] = [
  [
    'without the packages',
    'bare/bin/python',
    'worker_start_failed',
    ['lacks packages of the worker (rlms, genai-prices, ', INSTALL],
  ],
  [
    'with another version of rlms',
    'older/bin/python',
    'worker_start_failed',
    ['has rlms 0.1.2, and the worker needs 0.1.3.', INSTALL],
  ],
  ['that is not there', 'missing', 'python_not_found', ['ENOENT', CHECK]],
  ['that is not executable', 'notes.txt', 'python_not_found', ['EACCES', CHECK]],
  ['that is a folder', '.', 'python_not_found', ['EACCES', CHECK]],
  ['that is no Python', 'says-nothing', 'worker_start_failed', [CHECK]],
];

describe('RLM_PYTHON', () => {
  test.each(WRONG)('%s: the advice, and no traceback', async (_, path, code, says) => {
    const python = join(folder, path);
    const options = { backend: 'offline', environment: 'local', logDir: false, quiet: true, python } as const;
    const error = await runRLM('text', 'q', options).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code });
    const message = error instanceof RLMError ? error.message : '';
    for (const words of [python, ...says]) expect(message).toContain(words);
    expect(message).not.toMatch(/Traceback|File "/);
  });

  test.each(WRONG)('%s: a diagnosis fails too', async (_, path) => {
    const { ok } = await diagnose({
      environment: 'local',
      env: { PATH: process.env.PATH, RLM_PYTHON: join(folder, path) },
    });
    expect(ok).toBe(false);
  });
});
