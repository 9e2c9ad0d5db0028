import { chmod, mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { askedContainers, shutOutContainer } from '../../src/worker/asked-containers.ts';
import { removeContainers } from '../../src/worker/containers.ts';
import { WorkerProcess } from '../../src/worker/worker-process.ts';
import { fixtureCommand, runRequest } from '../worker.ts';

/** A container runtime that writes down how it was called. */
async function fakeRuntime(
  ps: string,
  rm = '',
  create = '',
): Promise<{ runtime: string; calls: () => Promise<string[]> }> {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  const runtime = join(folder, 'docker');
  const program = `#!/bin/sh\ncd ${folder}\necho "$@" >> calls\ncase "$1" in ps) ${ps} ;; rm) ${rm || ':'} ;; create) ${create || ':'} ;; esac\n`;
  await writeFile(runtime, program);
  await chmod(runtime, 0o755);
  const calls = async () => (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n');
  return { runtime, calls };
}

const env = { PATH: process.env.PATH ?? '' };
const psOf = (folder: string) =>
  `ps -aq --filter label=rlm-bridge.run=the-run --filter label=rlm-bridge.worker=${basename(folder)}`;
const FOLDER = '/tmp/rlm-bridge-worker-1';

test('removes what carries the labels of the run and of its worker', async () => {
  const { runtime, calls } = await fakeRuntime('[ -e removed ] || printf "a1\\nb2\\n"', 'touch removed');
  expect(await removeContainers(runtime, 'the-run', FOLDER, env)).toBeUndefined();
  expect(await calls()).toEqual([psOf(FOLDER), 'rm -f a1 b2', psOf(FOLDER)]);
});

test('one that ends by itself meanwhile is no complaint', async () => {
  const { runtime } = await fakeRuntime('[ -e gone ] || echo a1', 'touch gone; echo "removal in progress" >&2; exit 1');
  expect(await removeContainers(runtime, 'the-run', FOLDER, env)).toBeUndefined();
});

test('one that cannot be removed is told', async () => {
  const { runtime } = await fakeRuntime('echo a1', 'echo "no permission" >&2; exit 1');
  expect(await removeContainers(runtime, 'the-run', FOLDER, env)).toMatch(/rlm-bridge\.run=the-run.*no permission/);
});

test('a runtime that does not answer is told, one that is not there had no containers', async () => {
  const { runtime } = await fakeRuntime('echo "cannot connect" >&2; exit 1');
  expect(await removeContainers(runtime, 'the-run', FOLDER, env)).toMatch(/cannot connect/);
  expect(await removeContainers('/nonexistent/docker', 'the-run', FOLDER, env)).toBeUndefined();
});

const container = { name: 'late', image: 'an/image:1' };
const CREATE = 'create --pull never --name late an/image:1 true';
const NONE = 'echo "Error: No such container: late" >&2';
const TAKEN = 'echo "Conflict. The container name /late is already in use" >&2; exit 1';

test('what a worker had asked for is read in its folder; one that has none had asked for nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  await writeFile(join(folder, 'context'), '');
  expect(askedContainers(folder)).toEqual([]);
  await symlink(container.image, join(folder, `asked-container-${container.name}`));
  expect(askedContainers(folder)).toEqual([container]);
  expect(askedContainers(join(folder, 'gone'))).toEqual([]);
});

test('one that the daemon is making is waited for, and removed', async () => {
  const { runtime, calls } = await fakeRuntime('', `[ -e made ] || { ${NONE}; exit 1; }`, `touch made; ${TAKEN}`);
  const path = { PATH: `${dirname(runtime)}:${env.PATH}` };
  expect(await shutOutContainer(container, path)).toBeUndefined();
  expect(await calls()).toEqual(['rm --force late', CREATE, 'rm --force late']);
});

test('the place of one that the daemon never made is taken, and given back', async () => {
  const { runtime, calls } = await fakeRuntime('', `[ -e made ] || ${NONE}`, 'touch made');
  expect(await shutOutContainer(container, { PATH: `${dirname(runtime)}:${env.PATH}` })).toBeUndefined();
  expect(await calls()).toEqual(['rm --force late', CREATE, 'rm --force late']);
});

test('without an image there will be none; without a command that is not known', async () => {
  const { runtime } = await fakeRuntime('', NONE, 'echo "No such image" >&2; exit 1');
  expect(await shutOutContainer(container, { PATH: `${dirname(runtime)}:${env.PATH}` })).toBeUndefined();
  expect(await shutOutContainer(container, { PATH: '/nonexistent' })).toMatch(
    /^Container late could not be removed: .*ENOENT/,
  );
});

test.each([true, false])(
  'an idle worker that ends: what it started for its next run goes with it (%s)',
  async (prewarm) => {
    const { runtime, calls } = await fakeRuntime('[ -e removed ] || echo a1', 'touch removed');
    const { signal } = new AbortController();
    const command = fixtureCommand('answers');
    const path = `${dirname(runtime)}:${command.env.PATH}`;
    const worker = await WorkerProcess.start({ ...command, env: { ...command.env, PATH: path } }, signal);
    await worker.run(runRequest('the-run', { environment: 'docker', environmentOptions: { prewarm } }), signal);
    await worker.stop();
    const ps = psOf(worker.folder);
    if (prewarm) expect(await calls()).toEqual([ps, 'rm -f a1', ps]);
    else await expect(calls()).rejects.toThrow('ENOENT');
  },
);

test('what a worker had asked for and had no answer about is seen to when it ends', async () => {
  const { runtime, calls } = await fakeRuntime('', NONE, 'echo "No such image" >&2; exit 1');
  const { signal } = new AbortController();
  const command = fixtureCommand('answers');
  const path = `${dirname(runtime)}:${command.env.PATH}`;
  const worker = await WorkerProcess.start({ ...command, env: { ...command.env, PATH: path } }, signal);
  await mkdir(worker.folder, { recursive: true });
  await symlink(container.image, join(worker.folder, `asked-container-${container.name}`));
  await worker.stop();
  expect(await calls()).toEqual(['rm --force late', CREATE]);
});
