import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { removeContainers } from '../../src/worker/containers.ts';
import { WorkerProcess } from '../../src/worker/worker-process.ts';
import { fixtureCommand, runRequest } from '../worker.ts';

/** A container runtime that writes down how it was called. */
async function fakeRuntime(ps: string, rm = ''): Promise<{ runtime: string; calls: () => Promise<string[]> }> {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  const runtime = join(folder, 'docker');
  const program = `#!/bin/sh\ncd ${folder}\necho "$@" >> calls\ncase "$1" in ps) ${ps} ;; rm) ${rm || ':'} ;; esac\n`;
  await writeFile(runtime, program);
  await chmod(runtime, 0o755);
  const calls = async () => (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n');
  return { runtime, calls };
}

const env = { PATH: process.env.PATH ?? '' };
const ps = 'ps -aq --filter label=rlm-bridge.run=the-run';

test('removes what carries the run’s label', async () => {
  const { runtime, calls } = await fakeRuntime('[ -e removed ] || printf "a1\\nb2\\n"', 'touch removed');
  expect(await removeContainers(runtime, 'the-run', env)).toBeUndefined();
  expect(await calls()).toEqual([ps, 'rm -f a1 b2', ps]);
});

test('one that ends by itself meanwhile is no complaint', async () => {
  const { runtime } = await fakeRuntime('[ -e gone ] || echo a1', 'touch gone; echo "removal in progress" >&2; exit 1');
  expect(await removeContainers(runtime, 'the-run', env)).toBeUndefined();
});

test('one that cannot be removed is told', async () => {
  const { runtime } = await fakeRuntime('echo a1', 'echo "no permission" >&2; exit 1');
  expect(await removeContainers(runtime, 'the-run', env)).toMatch(/rlm-bridge\.run=the-run.*no permission/);
});

test('a runtime that does not answer is told, one that is not there had no containers', async () => {
  const { runtime } = await fakeRuntime('echo "cannot connect" >&2; exit 1');
  expect(await removeContainers(runtime, 'the-run', env)).toMatch(/cannot connect/);
  expect(await removeContainers('/nonexistent/docker', 'the-run', env)).toBeUndefined();
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
    if (prewarm) expect(await calls()).toEqual([ps, 'rm -f a1', ps]);
    else await expect(calls()).rejects.toThrow('ENOENT');
  },
);
