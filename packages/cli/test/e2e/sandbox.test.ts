import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, rlm } from './support/rlm.ts';

// Programs on a PATH of their own play the container runtime and debootstrap; the docker tests have the real ones.

const RUNTIME = `case "$1" in
  info) ;;
  image) [ -e "$0.$3" ] || exit 1 ;;
  import) tar -tf "$4" > "$0.$5" ;;
esac`;
const DEBOOTSTRAP = `for last; do :; done; mkdir -p "$4/usr/bin"; env > "$(dirname "$0")/env"`;

async function machine(programs: Record<string, string>) {
  const cwd = await folderOf({});
  for (const [name, body] of Object.entries(programs)) {
    await writeFile(join(cwd, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  }
  const env = {
    PATH: `${cwd}:${process.env.PATH}`,
    RLM_CACHE_DIR: join(cwd, 'cache'),
    RLM_SANDBOX_IMAGE: '',
    OPENAI_API_KEY: 'a-key-of-a-provider',
  };
  return { cwd, env, build: (...args: string[]) => rlm(['sandbox', 'build', ...args], { cwd, env }) };
}

test('makes the image from the package alone, says how runs get it, and makes it once', async () => {
  const { build, cwd, env } = await machine({ docker: RUNTIME, debootstrap: DEBOOTSTRAP, id: 'echo 0' });
  const { exitCode, stdout, stderr } = await build();
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
  expect(stderr).toContain('made rlm-bridge-sandbox:local');
  expect(stderr).toContain(
    'export RLM_SANDBOX_IMAGE=rlm-bridge-sandbox:local, or pass --image rlm-bridge-sandbox:local',
  );
  expect((await build()).stderr).toContain('rlm-bridge-sandbox:local is there already');
  const named = await rlm(['sandbox', 'build'], { cwd, env: { ...env, RLM_SANDBOX_IMAGE: 'of-the-machine' } });
  expect(named).toMatchObject({ exitCode: 0, stderr: 'made of-the-machine' });
  expect(await build('--name', 'mine:1', '--runtime', 'docker')).toMatchObject({ exitCode: 0 });
});

test('no key reaches what it starts', async () => {
  const { build, cwd } = await machine({ docker: RUNTIME, debootstrap: DEBOOTSTRAP, id: 'echo 0' });
  await build();
  expect(await readFile(join(cwd, 'env'), 'utf8')).not.toContain('a-key-of-a-provider');
});

const ELSEWHERE = 'there: docker pull python:3.12-slim && docker save';

test.each([
  ['the runtime does not answer', { docker: 'echo "no daemon" >&2; exit 1' }, ['start it', 'no daemon']],
  ['this user is not root', { docker: RUNTIME, debootstrap: DEBOOTSTRAP, id: 'echo 1000' }, ['sudo', ELSEWHERE]],
  ['this is no Linux', { docker: RUNTIME, uname: 'echo Darwin' }, ['Linux alone', ELSEWHERE]],
  [
    'no mirror answers',
    { docker: RUNTIME, id: 'echo 0', debootstrap: 'echo "E: no mirror" >&2; exit 1' },
    ['E: no mirror', 'DEBIAN_MIRROR', ELSEWHERE],
  ],
  [
    'the cache is a file',
    { docker: RUNTIME, id: 'echo 0', debootstrap: DEBOOTSTRAP, mkdir: 'exit 1' },
    ['Set RLM_CACHE_DIR'],
  ],
])('%s: exit 3, and what to do', async (_, programs: Record<string, string>, words) => {
  const { build } = await machine(programs);
  const { exitCode, stderr } = await build();
  expect(exitCode).toBe(3);
  for (const word of words) expect(stderr).toContain(word);
});

test('a runtime that is none is wrong usage', async () => {
  const { build } = await machine({});
  expect(await build('--runtime', 'containerd')).toMatchObject({ exitCode: 2 });
});
