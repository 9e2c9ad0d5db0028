import { mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UNUSED_ENVIRONMENT_MS } from '../../src/python/environment-use.ts';
import { PythonProcess } from '../python-process.ts';
import { until } from '../worker.ts';

// What processes do that prepare Python at the same time: the same ones in all tests. uv makes an interpreter of nothing.

let folder: string;
let env: Record<string, string | undefined>;
let killed: PythonProcess;
let processes: PythonProcess[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  env = { PATH: process.env.PATH, RLM_CACHE_DIR: join(folder, 'cache'), RLM_UV: join(folder, 'uv') };
  killed = new PythonProcess();
  processes = Array.from({ length: 2 }, () => new PythonProcess());
});
afterAll(async () => {
  await Promise.all([killed, ...processes].map((process) => process.kill()));
  await rm(folder, { recursive: true });
});

/** Has uv take so long for an environment. */
async function syncFor(seconds: number): Promise<void> {
  const uv = `#!/bin/sh
case "$1" in
  --version) echo "uv 0.13.8" ;;
  python) echo /usr/bin/python3 ;;
  sync)
    echo sync >> ${folder}/syncs
    sleep ${seconds}
    mkdir -p "$UV_PROJECT_ENVIRONMENT/bin"; : > "$UV_PROJECT_ENVIRONMENT/bin/python"; chmod +x "$UV_PROJECT_ENVIRONMENT/bin/python" ;;
esac
`;
  await writeFile(join(folder, 'uv'), uv, { mode: 0o755 });
}

async function syncs(): Promise<number> {
  const text = await readFile(join(folder, 'syncs'), 'utf8').catch(() => '');
  return text.split('\n').length - 1;
}

async function projectWith(lock: string): Promise<string> {
  const project = join(folder, `project-${lock}`);
  await mkdir(project, { recursive: true });
  await writeFile(join(project, 'pyproject.toml'), '[project]\nname = "rlm-worker"\n');
  await writeFile(join(project, 'uv.lock'), `[[package]]\nname = "rlm-worker"\n${lock}`);
  return project;
}

/** As if nobody had used it for longer than it is kept. */
async function age(environment: string): Promise<void> {
  const then = new Date(Date.now() - UNUSED_ENVIRONMENT_MS - 60_000);
  for (const path of [join(environment, 'ready'), environment]) await utimes(path, then, then);
}

test('processes at once sync once, one of them dead in the middle', async () => {
  await syncFor(0.3);
  const project = await projectWith('first');
  killed.start(project, env).catch(() => {});
  await until(async () => (await syncs()) > 0);
  await killed.kill();
  const results = await Promise.all(processes.map((process) => process.start(project, env)));
  expect(new Set(results)).toEqual(new Set([expect.stringMatching(/\/venv\/bin\/python$/)]));
  expect(processes.map(({ stderr }) => stderr)).toEqual(processes.map(() => ''));
  expect(await syncs()).toBeLessThanOrEqual(2);
});

test('no process starts in an environment that another removes', { timeout: 120_000 }, async () => {
  await syncFor(0);
  const [first] = processes;
  const old = join((await first?.start(await projectWith('old'), env)) ?? '', '../../..');
  for (let round = 0; round < 4; round++) {
    await age(old);
    const projects = await Promise.all(['old', `new-${round}`].map(projectWith));
    const starts = processes.map((process, n) => process.start(projects[n] ?? '', env));
    const [python = ''] = await Promise.all(starts);
    expect(join(python, '../../..')).toBe(old);
    const there = await Promise.all([stat(python), stat(join(old, 'ready'))].map((stats) => stats.then(() => true)));
    expect(there).toEqual([true, true]);
  }
});
