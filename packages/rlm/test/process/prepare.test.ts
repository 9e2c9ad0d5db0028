import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { diagnose, formatDiagnosis, prepare } from '../../src/index.ts';
import { fixture } from '../worker.ts';

// uv, Python and docker are programs on a PATH of their own; the tests of the container recipe have the real ones.

let folder: string;
let env: Record<string, string>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'bin'));
  env = { PATH: join(folder, 'bin'), RLM_CACHE_DIR: join(folder, 'cache'), RLM_WORKER_START: 'spawn' };
});

async function program(name: string, body: string): Promise<string> {
  const path = join(folder, 'bin', name);
  await writeFile(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}

/** A uv that installs a worker which shakes hands. */
async function uv(): Promise<void> {
  const worker = `PATH='${process.env.PATH}' exec ${fixture('answers')}`;
  const python = await program('interpreter', `if [ "$2" = -c ]; then echo 3.12.1; else ${worker}; fi`);
  const sync = `/bin/mkdir -p "$UV_PROJECT_ENVIRONMENT/bin" && /bin/cp ${python} "$UV_PROJECT_ENVIRONMENT/bin/python"`;
  await program('uv', `case "$1" in --version) echo "uv 0.13.8" ;; python) echo ${python} ;; sync) ${sync} ;; esac`);
}

test('makes the Python environment, and says that everything is there', async () => {
  await uv();
  const diagnosis = await prepare({ env, environment: 'local', quiet: true });
  expect(diagnosis.ok, formatDiagnosis(diagnosis)).toBe(true);
  const worker = diagnosis.checks.find(({ name }) => name === 'worker-environment');
  expect(worker).toMatchObject({ status: 'ok', details: { folder: expect.stringContaining(join(folder, 'cache')) } });
  expect(await diagnose({ env, environment: 'local' })).toEqual(diagnosis);
});

test('one line of what is missing, with the command to run', async () => {
  const image = 'not/here:1';
  await program(
    'docker',
    `case "$1" in info) echo '{"ServerVersion":"28"}' ;; *) echo "No such image" >&2; exit 1 ;; esac`,
  );
  const diagnosis = await prepare({ env, environmentOptions: { image }, quiet: true });
  const missing =
    /\nRuns cannot go ahead: uv \(pipx install uv\), worker-environment, sandbox-image \(docker pull not\/here:1\)\.$/;
  expect(formatDiagnosis(diagnosis)).toMatch(missing);
  expect(formatDiagnosis(diagnosis)).toContain('npx @rlm-bridge/cli sandbox build');
});

test('what uv cannot do is what the environment lacks', async () => {
  await uv();
  const path = join(folder, 'bin', 'uv');
  await writeFile(
    path,
    (await readFile(path, 'utf8')).replace(/sync\) .*? ;; esac/, 'sync) echo no network >&2; exit 1 ;; esac'),
  );
  const { ok, checks } = await prepare({ env, environment: 'local', quiet: true });
  expect(ok).toBe(false);
  const advice = expect.stringMatching(/UV_DEFAULT_INDEX.*no network/s);
  expect(checks).toContainEqual(expect.objectContaining({ name: 'worker-environment', status: 'failed', advice }));
});

test('a log folder that cannot be written is missing, and an aborted signal ends it', async () => {
  await uv();
  await writeFile(join(folder, 'file'), '');
  const asked = { env, environment: 'local', quiet: true } as const;
  const { checks } = await prepare({ ...asked, logDir: join(folder, 'file', 'logs') });
  expect(checks).toContainEqual(expect.objectContaining({ name: 'folders', status: 'failed' }));
  const reason = new Error('enough');
  await expect(prepare({ ...asked, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  await expect(prepare({ ...asked, logdir: '' } as never)).rejects.toMatchObject({ code: 'invalid_options' });
  expect(existsSync(join(folder, 'logs'))).toBe(false);
});
