import { chmod, mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UNUSED_ENVIRONMENT_MS } from '../../src/python/environment-use.ts';
import { preparePython } from '../../src/python/python-environment.ts';

// uv makes an interpreter of nothing. Starts at once are those of python-processes.test.ts.

const LOCK = '[[package]]\nname = "rlm-worker"\n';
let folder: string;
let cache: string;
let env: Record<string, string | undefined>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  cache = join(folder, 'cache');
  env = { PATH: process.env.PATH, RLM_CACHE_DIR: cache, RLM_UV: join(folder, 'uv') };
  const uv = `#!/bin/sh
case "$1" in
  --version) echo "uv 0.13.8" ;;
  python) echo /usr/bin/python3 ;;
  sync) mkdir -p "$UV_PROJECT_ENVIRONMENT/bin"; : > "$UV_PROJECT_ENVIRONMENT/bin/python"; chmod +x "$UV_PROJECT_ENVIRONMENT/bin/python" ;;
esac
`;
  await writeFile(join(folder, 'uv'), uv);
  await chmod(join(folder, 'uv'), 0o755);
});
afterEach(() => rm(folder, { recursive: true }));

/** The interpreter that a start with this lock gets. */
async function startWith(lock: string): Promise<string> {
  const project = await projectWith(lock);
  const source = { project, sources: project };
  const settings = { source, environment: 'local', python: undefined, uvPath: undefined, quiet: true, env } as const;
  return await preparePython(settings, new AbortController().signal);
}

async function projectWith(lock: string): Promise<string> {
  const project = join(folder, `project-${lock}`);
  await mkdir(project, { recursive: true });
  await writeFile(join(project, 'pyproject.toml'), '[project]\nname = "rlm-worker"\n');
  await writeFile(join(project, 'uv.lock'), `${LOCK}${lock}`);
  return project;
}

function environmentOf(python: string): string {
  return join(python, '../../..');
}

/** As if nobody had used it for longer than it is kept. */
async function age(environment: string): Promise<void> {
  const then = new Date(Date.now() - UNUSED_ENVIRONMENT_MS - 60_000);
  for (const path of [join(environment, 'ready'), environment]) await utimes(path, then, then).catch(() => {});
}

async function cached(): Promise<string[]> {
  return (await readdir(cache)).sort();
}

test('a new environment removes those that nobody used for 30 days, whole or not, and no other', async () => {
  const [unused, broken] = [environmentOf(await startWith('a')), environmentOf(await startWith('b'))];
  await rm(join(broken, 'ready'));
  const used = environmentOf(await startWith('c'));
  const begun = environmentOf(await startWith('d'));
  const read = environmentOf(await startWith('e'));
  for (const environment of [unused, broken, begun, read]) await age(environment);
  await startWith('d');
  // As another user does, who reads it.
  const { mtime } = await stat(join(read, 'ready'));
  await utimes(join(read, 'ready'), new Date(), mtime);
  const made = environmentOf(await startWith('f'));
  expect(await cached()).toEqual([used, begun, read, made].map((path) => basename(path)).sort());
});

test('what is not ours is never removed, whatever its age', async () => {
  const names = ['0123456789abcdef0123', 'uv', '0123456789abcdef01234', 'sandbox.tar'];
  for (const name of names) {
    await mkdir(join(cache, name), { recursive: true });
    await age(join(cache, name));
  }
  const link = join(cache, 'fedcba98765432100123');
  await execa('ln', ['-s', folder, link]);
  const made = environmentOf(await startWith('a'));
  expect(await cached()).toEqual([...names, basename(link), basename(made)].sort());
});
