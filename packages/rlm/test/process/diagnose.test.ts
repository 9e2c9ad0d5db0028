import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { diagnose, formatDiagnosis, type RLMCheckName, type RLMDiagnoseOptions } from '../../src/index.ts';
import { fixture } from '../worker.ts';

// uv, Python and the container runtimes are programs on a PATH of their own; test/e2e uses the real ones.

const UV = 'case "$1" in --version) echo "uv 0.13.8" ;; python) echo "$BIN/interpreter" ;; esac';
const IMAGE = 'image) echo "sha256:0 42" ;;';
const INFO = { ServerVersion: '28.1.0', CgroupVersion: '2', SecurityOptions: ['name=rootless'], ClientInfo: null };
const PODMAN = {
  host: { cgroupVersion: 'v2', cgroupControllers: ['cpu', 'memory', 'pids'], security: { rootless: true } },
  version: { Version: '5.4.0' },
};

let folder: string;
let env: Record<string, string>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  await mkdir(join(folder, 'bin'));
  env = { PATH: join(folder, 'bin'), RLM_CACHE_DIR: join(folder, 'cache') };
});

async function program(name: string, body: string): Promise<string> {
  const path = join(folder, 'bin', name);
  const text = `#!/bin/sh\nBIN=${join(folder, 'bin')}\necho "${name} $*" >> "$BIN/../calls"\n${body}\n`;
  await writeFile(path, text, { mode: 0o755 });
  return path;
}

/** A Python of some version, whose other programs are `worker`. */
function python(version: string, worker = 'exit 1'): Promise<string> {
  return program('interpreter', `if [ "$2" = -c ]; then echo ${version}; else ${worker}; fi`);
}

function runtime(name: string, info: object, image = IMAGE): Promise<string> {
  return program(name, `case "$1" in info) echo '${JSON.stringify(info)}' ;; ${image} esac`);
}

async function check<N extends RLMCheckName>(name: N, options: RLMDiagnoseOptions = {}) {
  const { checks } = await diagnose({ env, ...options });
  const found = checks.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no check ${name}`);
  return found;
}

test('a bare machine: every check is there, each says what to do, and nothing is made', async () => {
  const diagnosis = await diagnose({ env });
  expect(diagnosis.ok).toBe(false);
  expect(diagnosis.checks.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'uv failed',
    'python warning',
    'worker-environment warning',
    'container-runtime failed',
    'sandbox-image warning',
    'folders ok',
    'network ok',
    'keys warning',
    'models warning',
  ]);
  expect(formatDiagnosis(diagnosis)).toMatch(/uv is not on PATH\. Install it with.*docker is not on PATH\n.*Docker/s);
  expect(existsSync(join(folder, 'cache'))).toBe(false);
});

describe('uv', () => {
  test('its version and the floor', async () => {
    await program('uv', UV);
    const summary = '0.13.8 (uv); 0.6.14 or newer is needed';
    expect(await check('uv')).toMatchObject({ status: 'ok', summary, details: { path: 'uv', version: '0.13.8' } });
  });

  test('too old, and named but not there', async () => {
    await program('uv', 'echo "uv 0.5.0"');
    expect(await check('uv')).toMatchObject({ status: 'failed', advice: expect.stringContaining('is version 0.5.0') });
    const named = await check('uv', { uv: { path: '/nonexistent/uv' } });
    expect(named).toMatchObject({ status: 'failed', advice: expect.stringContaining('/nonexistent/uv') });
  });

  test('not needed with a Python of the user’s own', async () => {
    env.RLM_PYTHON = await python('3.12.1');
    expect(await check('uv')).toMatchObject({ status: 'ok', summary: expect.stringContaining('not needed') });
  });
});

describe('Python', () => {
  test('the one that uv finds', async () => {
    await program('uv', UV);
    const path = await python('3.12.1');
    expect(await check('python')).toMatchObject({ status: 'ok', details: { path, version: '3.12.1' } });
    const calls = (await readFile(join(folder, 'calls'), 'utf8')).split('\n').filter((call) => call.startsWith('uv '));
    expect(new Set(calls)).toEqual(new Set(['uv --version', 'uv python find --no-project --no-cache >=3.11']));
  });

  test.each(['3.10.4', '3.9.18'])('%s is too old', async (version) => {
    const summary = expect.stringMatching(new RegExp(`^${version} .* is older than 3.11$`));
    expect(await check('python', { python: await python(version) })).toMatchObject({ status: 'failed', summary });
  });

  test('none, and none but uv may fetch one', async () => {
    await program('uv', `case "$1" in --version) echo "uv 0.13.8" ;; *) echo "error: none found" >&2; exit 2 ;; esac`);
    const advice = expect.stringMatching(/Install Python 3\.11 or newer.*none found/s);
    expect(await check('python')).toMatchObject({ status: 'failed', advice });
    env.UV_PYTHON_DOWNLOADS = 'automatic';
    const summary = expect.stringContaining('the first run lets uv fetch one');
    expect(await check('python')).toMatchObject({ status: 'warning', summary });
  });

  test('a program that is no Python', async () => {
    const own = await program('interpreter', 'echo hello');
    const advice = `${own} is no Python that can be run (it says "hello").`;
    expect(await check('python', { python: own })).toMatchObject({ status: 'failed', advice });
  });
});

describe('the worker environment', () => {
  test('not prepared: says what the first run will do, and where', async () => {
    const advice = expect.stringMatching(/first run installs .* into .*\/cache\/[0-9a-f]{20}, once/);
    const found = await check('worker-environment');
    expect(found).toMatchObject({ status: 'warning', summary: 'not prepared yet', advice, details: { worker: null } });
  });

  test('a worker that shakes hands', async () => {
    env.PATH += `:${process.env.PATH}`;
    env.RLM_WORKER_START = 'spawn';
    const own = await python('3.12.1', `exec ${fixture('answers')}`);
    const found = await check('worker-environment', { python: own });
    const worker = { protocolVersion: 5, priceTable: 'fixture 1' };
    expect(found).toMatchObject({ status: 'ok', advice: null, details: { folder: null, worker } });
  });

  test('a Python without the packages', async () => {
    const own = await python('3.12.1', 'echo "No module named rlm" >&2; exit 1');
    const advice = expect.stringContaining('No module named rlm');
    expect(await check('worker-environment', { python: own })).toMatchObject({ status: 'failed', advice });
  });
});

describe('the container runtime', () => {
  test('its version, cgroup version, and rootless or not', async () => {
    await runtime('docker', { ...INFO, ClientInfo: { Version: '28.2.2' } });
    expect(await check('container-runtime')).toMatchObject({
      status: 'ok',
      summary: 'docker 28.1.0, cgroup v2, rootless',
      details: { version: '28.1.0', clientVersion: '28.2.2', cgroupVersion: '2', isRootless: true, notEnforced: [] },
    });
  });

  test('podman, by its option and under the name of docker', async () => {
    await runtime('podman', PODMAN);
    await runtime('docker', PODMAN);
    const summary = (name: string) => `${name} 5.4.0, cgroup v2, rootless`;
    const podman = await check('container-runtime', { environmentOptions: { runtime: 'podman' } });
    expect(podman).toMatchObject({ status: 'ok', summary: summary('podman') });
    expect(await check('container-runtime')).toMatchObject({ status: 'ok', summary: summary('docker') });
  });

  test.each([
    ['Cannot connect to the Docker daemon', 'docker does not answer', 'Start Docker'],
    ['permission denied while trying to connect', 'docker is there, but this user may not use it', 'Get access to it'],
  ])('one that refuses: "%s"', async (complaint, summary, remedy) => {
    await program('docker', `echo '{"ServerVersion":""}'; echo "${complaint}" >&2; exit 1`);
    const advice = expect.stringMatching(new RegExp(`^${remedy}.*environment: 'local'.*${complaint}$`));
    expect(await check('container-runtime')).toMatchObject({ status: 'failed', summary, advice });
  });

  test('one that answers nonsense, or only half', async () => {
    for (const said of ['hello', '{"ServerVersion":""}']) {
      await program('docker', `echo '${said}'`);
      const summary = 'docker does not answer';
      expect(await check('container-runtime')).toMatchObject({ status: 'failed', summary });
    }
  });

  test('limits that it cannot enforce', async () => {
    await runtime('docker', { ServerVersion: '28.1.0', MemoryLimit: false, CpuCfsQuota: true, PidsLimit: false });
    const advice = expect.stringContaining('cannot enforce memoryMb, pidsLimit:');
    expect(await check('container-runtime')).toMatchObject({ status: 'warning', advice });
    await runtime('podman', { ...PODMAN, host: { cgroupControllers: ['pids'] } });
    const details = { notEnforced: ['memoryMb', 'cpus'] };
    const podman = await check('container-runtime', { environmentOptions: { runtime: 'podman' } });
    expect(podman).toMatchObject({ status: 'warning', details });
  });

  test('an OCI runtime that the daemon does not know', async () => {
    await runtime('docker', { ...INFO, ClientInfo: undefined, Runtimes: { runc: {} } });
    const found = await check('container-runtime', { environmentOptions: { ociRuntime: 'runsc' } });
    expect(found).toMatchObject({ status: 'failed', advice: expect.stringContaining('runc') });
  });
});

describe('the sandbox image', () => {
  beforeEach(() => runtime('docker', { ServerVersion: '28.1.0' }));

  test('here, with the limits of a run', async () => {
    env.RLM_SANDBOX_IMAGE = 'of-the-machine';
    expect(await check('sandbox-image', { environmentOptions: { memoryMb: 512 } })).toMatchObject({
      status: 'ok',
      summary: expect.stringMatching(/^of-the-machine; limits: memoryMb 512, cpus 1, pidsLimit 128, tmpfsMb 256/),
      details: { image: 'of-the-machine', id: 'sha256:0', bytes: 42, limits: { memoryMb: 512, openFiles: 1024 } },
    });
    const calls = await readFile(join(folder, 'calls'), 'utf8');
    expect(calls).toContain('docker image inspect --format {{.Id}} {{.Size}} of-the-machine');
  });

  test('not here: what the first run will do, and what else could be done', async () => {
    await runtime('docker', { ServerVersion: '28' }, 'image) echo "Error: No such image: x" >&2; exit 1 ;;');
    const advice = expect.stringMatching(/first run pulls it.*RLM_SANDBOX_IMAGE.*rlm-bridge.cli sandbox build/);
    const summary = 'python:3.12-slim is not here';
    expect(await check('sandbox-image')).toMatchObject({ status: 'warning', summary, advice, details: { id: null } });
  });

  test('cannot be looked for', async () => {
    await runtime('docker', { ServerVersion: '28' }, 'image) echo "disk on fire" >&2; exit 1 ;;');
    expect(await check('sandbox-image')).toMatchObject({ status: 'failed', advice: 'disk on fire' });
  });
});

test('a folder that a run cannot write: which, and the setting that names another', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  Object.assign(env, { RLM_CACHE_DIR: join(file, 'cache'), TMPDIR: join(folder, 'gone') });
  expect(await check('folders', { logDir: join(folder, 'new', 'logs') })).toMatchObject({
    status: 'failed',
    advice: expect.stringMatching(/^Set RLM_CACHE_DIR to .*\nSet TMPDIR to [^\n]*$/),
    details: {
      cache: { path: join(file, 'cache'), isWritable: false },
      temp: { path: join(folder, 'gone'), isWritable: false },
      logs: { path: join(folder, 'new', 'logs'), isWritable: true },
    },
  });
});

test('a run goes on without a log, so that its folder is a warning; without logs it is not looked at', async () => {
  await writeFile(join(folder, 'file'), '');
  env.RLM_PYTHON = await python('3.12.1');
  const found = await check('folders', { logDir: join(folder, 'file', 'logs') });
  expect(found).toMatchObject({ status: 'warning', advice: expect.stringContaining('Set logDir') });
  expect(await check('folders', { logDir: false })).toMatchObject({
    status: 'ok',
    details: { cache: null, logs: null },
  });
});

test('environments without a container need none; local has limits too', async () => {
  const options = { environment: 'local', environmentOptions: { memoryMb: 512 } } as const;
  expect(await check('container-runtime', options)).toMatchObject({ status: 'ok', details: null });
  expect(await check('sandbox-image', options)).toMatchObject({
    status: 'ok',
    details: { image: null, limits: { memoryMb: 512, fileSizeMb: 1024 } },
  });
  expect(await check('sandbox-image', { environment: 'modal' })).toMatchObject({ status: 'ok', details: null });
});

test('keys: the names of what is set, the default backend, and no value', async () => {
  Object.assign(env, { GEMINI_API_KEY: 'secret-1', PORTKEY_API_KEY: 'secret-2', OPENAI_API_KEY: '' });
  Object.assign(env, { OPENAI_BASE_URL: 'http://secret-3' });
  const diagnosis = await diagnose({ env });
  const keys = diagnosis.checks.find(({ name }) => name === 'keys');
  expect(keys).toMatchObject({
    status: 'ok',
    summary: 'set: GEMINI_API_KEY, PORTKEY_API_KEY, OPENAI_BASE_URL; the default backend is gemini',
    details: { keyVariables: ['GEMINI_API_KEY', 'PORTKEY_API_KEY'], defaultBackend: 'gemini' },
  });
  expect(JSON.stringify(diagnosis) + formatDiagnosis(diagnosis)).not.toContain('secret');
  env.GEMINI_API_KEY = '';
  const advice = expect.stringContaining("backend: 'offline'");
  expect(await check('keys')).toMatchObject({ status: 'warning', details: { defaultBackend: null }, advice });
});

test('only wrong options reject', async () => {
  const wrong = [{ environmentOptions: { memoryGb: 1 } }, { environment: 'dockr' }, { uvPath: 'x' }];
  for (const options of wrong) {
    await expect(diagnose({ env, ...options } as never)).rejects.toMatchObject({ code: 'invalid_options' });
  }
});
