import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { withWork } from '../../src/base/given.ts';
import { WorkBase } from '../../src/base/work-base.ts';
import { Git } from '../../src/evidence/git.ts';
import { gitPidsOf } from '../support/git-count.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';

// One process of git says what is asked of objects, and is gone with the work that it was started for.

afterEach(() => vi.unstubAllEnvs());

/** A pipe's 65,536 bytes lie within objects, between them, and between a line and what it is of. */
const SIZES = [0, 1, 65_000, 65_535, 65_536, 65_537, 200_000, 3];

test('objects are whole wherever a pipe cuts them, and what is not there is said so', async () => {
  const files = SIZES.map((size, n) => [`${n}`, Buffer.alloc(size, `${n}\n`)] as const);
  const { path } = await Repository.create(Object.fromEntries(files));
  const git = new Git(path);
  git.keep();
  const names = files.flatMap(([name]) => [`HEAD:${name}`, `none of ${name}`]);
  const question = async () => {
    for (const [at, { line, bytes }] of (await git.objects(names)).entries()) {
      const [name, content] = files[at >> 1] ?? [];
      if (at % 2 === 1) expect(line).toBe(`none of ${name} missing`);
      else expect(bytes.equals(content ?? Buffer.from('?'))).toBe(true);
    }
  };
  const pids = await gitPidsOf(async () => {
    await Promise.all([question(), question(), git.askObjects(['HEAD'])]);
    expect(await git.objectsWithin(199_999, ['HEAD:6'])).toBeNull();
    await question();
    git.end();
  });
  // What is too large ends the process, and not the questions.
  expect(pids).toHaveLength(2);
  await areGone(pids);
});

test('no process of git stays of a work that was read, failed, was aborted, or cannot be opened', async () => {
  const { path } = await Repository.create();
  const aborting = new AbortController();
  const read = async (base: string, then: () => void, signal?: AbortSignal) => {
    return await withWork({ id: 'work', worktree: path, base }, {}, signal, async (_spec, work) => {
      then();
      return await work?.git.objects(['HEAD:a.txt']);
    });
  };
  const fail = () => {
    throw new Error('by hand');
  };
  const pids = await gitPidsOf(async () => {
    expect(await read('HEAD', () => {})).toHaveLength(1);
    await expect(read('HEAD', fail)).rejects.toThrow('by hand');
    await expect(read('HEAD', () => aborting.abort(new Error('enough')), aborting.signal)).rejects.toThrow('enough');
    await expect(read('none', () => {})).rejects.toThrow('There is no commit "none"');
  });
  expect(pids).toHaveLength(8);
  await areGone(pids);
});

test('an abort ends a git that does not answer', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'git'), '#!/bin/sh\nexec sleep 60\n');
  await chmod(join(folder, 'git'), 0o755);
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
  const aborting = new AbortController();
  const answer = new Git(folder, aborting.signal).objects(['HEAD']);
  aborting.abort(new Error('enough'));
  await expect(answer).rejects.toThrow('enough');
});

test('Node does not wait for the process of a base that nobody closes', async () => {
  const { path } = await Repository.create();
  const active = () => process.getActiveResourcesInfo().filter((kind) => /Process|Pipe/.test(kind)).length;
  const before = active();
  const base = await WorkBase.of({ id: 'work', worktree: path }, {});
  expect(String(await base?.read('a.txt'))).toBe('one\ntwo\nthree\n');
  expect(active()).toBe(before);
  base?.close();
});

async function areGone(pids: readonly number[]): Promise<void> {
  for (const pid of pids) await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), 10_000);
}
