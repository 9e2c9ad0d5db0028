import { chmod, mkdir, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { ownIdentity } from '../../src/process/process-identity.ts';
import { cacheFolder, requireSafe } from '../../src/python/cache-folder.ts';
import { withProcessLock } from '../../src/python/process-lock.ts';
import { type PythonSettings, preparePython } from '../../src/python/python-environment.ts';
import { uvVariables } from '../../src/python/worker-variables.ts';
import { until } from '../worker.ts';

// uv is a program that writes down how it was called and makes what is expected of it; test/e2e uses the real one.

const never = new AbortController().signal;
let folder: string;
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  await writeFile(join(folder, 'pyproject.toml'), '');
  await writeFile(join(folder, 'uv.lock'), '');
  env = { PATH: process.env.PATH, RLM_CACHE_DIR: join(folder, 'cache'), RLM_UV: await fakeUv('uv') };
});

/** A uv whose `sync` and `venv` make an interpreter; `before` runs first. */
async function fakeUv(name: string, before = '', version = '0.13.8'): Promise<string> {
  const path = join(folder, name);
  const program = `#!/bin/sh
if [ "$1" = --version ]; then echo "uv ${version}"; exit 0; fi
echo "$@" >> ${folder}/calls
env > ${folder}/env
${before}
case "$1" in
  python) echo /usr/bin/python3 ;;
  export) echo "rlms==0.1.3 --hash=sha256:0" ;;
  sync | venv) mkdir -p "$UV_PROJECT_ENVIRONMENT/bin"; : > "$UV_PROJECT_ENVIRONMENT/bin/python"; chmod +x "$UV_PROJECT_ENVIRONMENT/bin/python" ;;
esac
`;
  await writeFile(path, program);
  await chmod(path, 0o755);
  return path;
}

function settings(overrides: Partial<PythonSettings> = {}): PythonSettings {
  const source = { project: folder, sources: join(folder, 'src') };
  return { source, environment: 'local', python: undefined, uvPath: undefined, quiet: true, env, ...overrides };
}

async function calls(): Promise<string[]> {
  const text = await readFile(join(folder, 'calls'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

test('syncs once, then never asks uv again', async () => {
  const python = await preparePython(settings(), never);
  expect(python).toMatch(new RegExp(`^${folder}/cache/[0-9a-f]{20}/venv/bin/python$`));
  const project = python.replace('/venv/bin/python', '');
  expect(await calls()).toEqual([
    'python find --no-project --no-cache >=3.11',
    `sync --frozen --no-dev --project ${project} --python /usr/bin/python3`,
  ]);
  env.RLM_UV = '/nonexistent/uv';
  expect(await preparePython(settings(), never)).toBe(python);
  expect(await calls()).toHaveLength(2);
});

test('what one user makes, others can read, whatever its umask', async () => {
  const umask = process.umask(0o077);
  onTestFinished(() => void process.umask(umask));
  env.RLM_CACHE_DIR = join(folder, 'new', 'cache');
  const python = await preparePython(settings(), never);
  for (let path = python; path !== folder; path = dirname(path))
    expect((await stat(path)).mode & 0o055, path).toBe(0o055);
});

test('runs at once share one sync, and leave no lock', async () => {
  const pythons = await Promise.all(Array.from({ length: 10 }, () => preparePython(settings(), never)));
  expect(new Set(pythons).size).toBe(1);
  expect(await calls()).toHaveLength(2);
  expect((await readdir(join(pythons[0] ?? '', '../../..'))).sort()).toEqual([
    'pyproject.toml',
    'ready',
    'uv.lock',
    'venv',
  ]);
});

test('each extra, lock and UV_PYTHON has an environment of its own; releases with one lock share theirs', async () => {
  const plain = await preparePython(settings(), never);
  const modal = await preparePython(settings({ environment: 'modal' }), never);
  expect((await calls()).at(-1)).toContain('--extra modal');
  const other = { project: folder, sources: folder };
  const newer = await preparePython(settings({ source: other }), never);
  const pinned = await preparePython(settings({ env: { ...env, UV_PYTHON: '3.12' } }), never);
  expect((await calls()).at(-2)).toBe('python find --no-project --no-cache 3.12');
  await writeFile(join(folder, 'uv.lock'), 'changed');
  const changed = await preparePython(settings(), never);
  expect(newer).toBe(plain);
  expect(new Set([plain, modal, pinned, changed]).size).toBe(4);
  expect(await preparePython(settings({ environment: 'docker' }), never)).toBe(changed);
});

test('uv gets its own settings and the network’s, and no key', async () => {
  env = {
    ...env,
    UV_OFFLINE: '1',
    HTTPS_PROXY: 'http://proxy',
    SSL_CERT_FILE: '/ca',
    OPENAI_API_KEY: 'k',
    VIRTUAL_ENV: '/v',
    UV_PROJECT: '/p',
  };
  await preparePython(settings(), never);
  const seen = await readFile(join(folder, 'env'), 'utf8');
  for (const line of ['UV_OFFLINE=1', 'HTTPS_PROXY=http://proxy', 'SSL_CERT_FILE=/ca', 'UV_PYTHON_DOWNLOADS=never']) {
    expect(seen.split('\n')).toContain(line);
  }
  expect(seen).not.toMatch(/OPENAI_API_KEY|VIRTUAL_ENV|UV_PROJECT=/);
});

test('UV_PYTHON_DOWNLOADS of the user wins, and then uv itself finds Python', async () => {
  env.UV_PYTHON_DOWNLOADS = 'automatic';
  await preparePython(settings(), never);
  expect(await calls()).toEqual([expect.stringMatching(/^sync .*--python >=3\.11$/)]);
  expect(await readFile(join(folder, 'env'), 'utf8')).toContain('UV_PYTHON_DOWNLOADS=automatic');
});

test('with an index of the user the lock’s hashes are kept and its addresses are not', async () => {
  env.UV_DEFAULT_INDEX = 'https://index.example/simple';
  const venv = (await preparePython(settings(), never)).replace('/bin/python', '');
  const project = venv.replace('/venv', '');
  expect((await calls()).slice(1)).toEqual([
    `export --frozen --no-dev --no-header --project ${project}`,
    `venv --no-project --python /usr/bin/python3 ${venv}`,
    `pip sync --require-hashes --python ${venv}/bin/python ${project}/requirements.txt`,
  ]);
  expect(await readFile(join(project, 'requirements.txt'), 'utf8')).toContain('--hash=sha256:0');
});

test('the python option, then RLM_PYTHON, skip uv', async () => {
  env.RLM_PYTHON = '/by/variable';
  expect(await preparePython(settings(), never)).toBe('/by/variable');
  expect(await preparePython(settings({ python: '/by/option' }), never)).toBe('/by/option');
  expect(await calls()).toEqual([]);
});

test('uv: the option, then RLM_UV, then PATH', async () => {
  const failing = await fakeUv('other-uv', 'echo "this one" >&2; exit 1');
  await expect(preparePython(settings({ uvPath: failing }), never)).rejects.toMatchObject({
    message: expect.stringContaining('this one'),
  });
  delete env.RLM_UV;
  env.PATH = '/nonexistent';
  await expect(preparePython(settings(), never)).rejects.toMatchObject({
    code: 'uv_not_found',
    message: expect.stringMatching(/^uv is not on PATH\. Install it with "pipx install uv"/),
  });
});

test('a wrong uv is told even when the environment is there', async () => {
  await preparePython(settings(), never);
  const named = preparePython(settings({ uvPath: '/nonexistent/uv' }), never);
  await expect(named).rejects.toMatchObject({
    code: 'uv_not_found',
    message: expect.stringContaining('/nonexistent/uv'),
  });
});

test.each([
  ['0.6.13', '0.6.13'],
  ['', 'not uv'],
])('uv that says version "%s" is refused', async (version, message) => {
  env.RLM_UV = await fakeUv('old-uv', '', version);
  await expect(preparePython(settings(), never)).rejects.toMatchObject({
    code: 'uv_not_found',
    message: expect.stringContaining(message),
  });
});

test('no Python: uv’s own words under ours', async () => {
  env.RLM_UV = await fakeUv('uv', '[ "$1" = python ] && { echo "error: No interpreter found" >&2; exit 2; }');
  await expect(preparePython(settings(), never)).rejects.toMatchObject({
    code: 'python_not_found',
    message: expect.stringMatching(/Install Python 3\.11.*error: No interpreter found/s),
  });
});

test('a failed sync says why, is not taken for a finished one, and can be tried again', async () => {
  env.RLM_UV = await fakeUv('uv', '[ "$1" = sync ] && { echo "error: no route to host" >&2; exit 1; }');
  await expect(preparePython(settings(), never)).rejects.toMatchObject({
    code: 'environment_sync_failed',
    message: expect.stringMatching(/HTTPS_PROXY.*error: no route to host/s),
  });
  env.RLM_UV = await fakeUv('uv');
  await preparePython(settings(), never);
  expect((await calls()).filter((call) => call.startsWith('sync'))).toHaveLength(2);
});

test('an environment whose interpreter is gone is made again', async () => {
  const python = await preparePython(settings(), never);
  await execa('rm', [python]);
  expect(await preparePython(settings(), never)).toBe(python);
  expect((await calls()).filter((call) => call.startsWith('sync'))).toHaveLength(2);
});

test('the lock of a dead process is broken', async () => {
  const python = await preparePython(settings(), never);
  const project = join(python, '../../..');
  const pid = Number((await execa('sh', ['-c', 'echo $$'])).stdout);
  await execa('rm', [join(project, 'ready')]);
  await writeFile(`${project}.lock`, JSON.stringify({ ...ownIdentity(), pid }));
  expect(await preparePython(settings(), never)).toBe(python);
});

test('an abort ends the sync, but only that of the last one who waits for it', async () => {
  env.RLM_UV = await fakeUv(
    'uv',
    `[ "$1" = sync ] && { echo $$ > ${folder}/pid; while ! [ -e ${folder}/go ]; do sleep 0.05; done; }`,
  );
  const [first, second] = [new AbortController(), new AbortController()];
  const one = preparePython(settings(), first.signal);
  const two = preparePython(settings(), second.signal);
  const pid = await until(async () => Number(await readFile(join(folder, 'pid'), 'utf8').catch(() => '')) || undefined);
  first.abort('one');
  await expect(one).rejects.toBe('one');
  expect(process.kill(pid, 0)).toBe(true);
  second.abort('two');
  await expect(two).rejects.toBe('two');
  await until(() => {
    try {
      return !process.kill(pid, 0);
    } catch {
      return true;
    }
  });
  await writeFile(join(folder, 'go'), '');
  await preparePython(settings(), never);
});

test('the cache is where the user has caches', () => {
  expect(cacheFolder({ RLM_CACHE_DIR: '/c', XDG_CACHE_HOME: '/x' })).toBe('/c');
  expect(cacheFolder({ XDG_CACHE_HOME: '/x' })).toBe('/x/rlm-bridge');
  expect(cacheFolder({})).toMatch(/(\.cache|Library\/Caches)\/rlm-bridge$/);
});

test('the own version of the worker makes no new environment', async () => {
  const lock = (version: string) => `[[package]]\nname = "rlm-worker"\nversion = "${version}"\nsource = 1\n`;
  await writeFile(join(folder, 'uv.lock'), lock('1.0.0'));
  const before = await preparePython(settings(), never);
  await writeFile(join(folder, 'uv.lock'), lock('1.0.1'));
  expect(await preparePython(settings(), never)).toBe(before);
});

test('a cache folder that cannot be made is named, with the variable to set', async () => {
  await writeFile(join(folder, 'file'), '');
  const given = { ...env, RLM_CACHE_DIR: join(folder, 'file', 'cache') };
  await expect(preparePython(settings({ env: given }), never)).rejects.toMatchObject({
    code: 'cache_folder_unusable',
    message: expect.stringMatching(/file\/cache.* cannot be used \(.*RLM_CACHE_DIR/),
  });
});

test.each([0o777, 0o775, 0o722])('a cache folder of mode %o, which others could write, is refused', async (mode) => {
  const cache = join(folder, 'cache');
  await mkdir(cache);
  await chmod(cache, mode);
  await expect(preparePython(settings(), never)).rejects.toMatchObject({
    code: 'cache_folder_unsafe',
    message: expect.stringMatching(/Others can write .*chmod go-w .*RLM_CACHE_DIR/),
  });
  await chmod(cache, 0o755);
  await preparePython(settings(), never);
});

test('an environment that others could write is refused: its python would be run', async () => {
  const python = await preparePython(settings(), never);
  await chmod(join(python, '../../..'), 0o777);
  await expect(preparePython(settings(), never)).rejects.toMatchObject({ code: 'cache_folder_unsafe' });
});

test('a cache folder of another user is refused', async () => {
  const cache = join(folder, 'cache');
  await mkdir(cache);
  const { uid } = await stat(cache);
  await expect(requireSafe(cache, [uid + 1])).rejects.toMatchObject({ code: 'cache_folder_unsafe' });
});

test.each(['{}', '', 'null', '{"pid":0,"space":"x","start":null}', '{"pid":"1"}', '[1]'])(
  'a lock that says %s is broken at once',
  async (lock) => {
    const path = join(folder, 'a-lock');
    await writeFile(path, lock);
    expect(await withProcessLock(path, never, async () => 'done')).toBe('done');
  },
);

test.each([
  ['error: Failed to initialize cache at `/.cache/uv`: Permission denied', 'python find'],
  ['error: No space left on device (os error 28)', 'sync'],
])('what uv says of the disk is no advice to install Python: %s', async (words, command) => {
  const [first] = command.split(' ');
  env.RLM_UV = await fakeUv('uv', `[ "$1" = ${first} ] && { echo "${words.replaceAll('`', '')}" >&2; exit 2; }`);
  const failure = await preparePython(settings(), never).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'cache_folder_unusable', message: expect.stringContaining('RLM_CACHE_DIR') });
  expect(failure).not.toHaveProperty('message', expect.stringContaining('Install Python'));
});

test('RLM_CACHE_DIR alone moves the cache of uv too, unless it has one', async () => {
  expect(uvVariables({ RLM_CACHE_DIR: '/c' })).toMatchObject({ UV_CACHE_DIR: '/c/uv' });
  expect(uvVariables({ RLM_CACHE_DIR: '/c', UV_CACHE_DIR: '/u' })).toMatchObject({ UV_CACHE_DIR: '/u' });
});
