import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fileStore } from '../../src/index.ts';
import { StoreProcess } from '../store-process.ts';

// Real users: root becomes them. Nobody else can, and then there is nothing to try.

const [USER, STRANGER] = [54_322, 54_323];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  await chmod(folder, 0o755);
});
afterEach(() => rm(folder, { recursive: true }));

/** What the system says to a user who wants to read. */
async function readAs(user: number, paths: string[]): Promise<string[]> {
  const become = ['--reuid', String(user), '--regid', String(user), '--clear-groups'];
  const { stderr } = await execa('setpriv', [...become, 'cat', ...paths], { reject: false, cwd: '/' });
  return stderr.split('\n');
}

async function folderOf(user: number, mode: number): Promise<string> {
  const path = join(folder, 'store');
  await mkdir(path);
  await chmod(path, mode);
  await chown(path, user, user);
  return path;
}

if (process.getuid?.() === 0) {
  describe('a store and a second user', () => {
    let user: StoreProcess;
    beforeAll(() => {
      user = new StoreProcess(USER);
    });
    afterAll(() => user.kill());

    test('what is kept in a folder that all may read cannot be read by another user', async () => {
      const store = await folderOf(0, 0o755);
      await using lease = await fileStore(store).lease('run');
      await lease.append(['one']);
      const paths = ['runs', 'runs/run', 'runs/run/journal.jsonl'].map((path) => join(store, path));
      const denied = paths.map(() => expect.stringMatching(/Permission denied/));
      expect(await readAs(STRANGER, paths)).toEqual(denied);
    });

    test.each([
      ['belongs to another user', STRANGER, 0o755],
      ['everybody can write, as /tmp is', USER, 0o1777],
      ['its group can write', USER, 0o775],
    ])('a folder that %s is refused', async (_, owner, mode) => {
      await user.ask(`open ${await folderOf(owner, mode)}`);
      expect(await user.ask('lease run')).toBe('store_failed');
    });

    test('a folder of one’s own is used', async () => {
      await user.ask(`open ${await folderOf(USER, 0o755)}`);
      await user.ask('lease run');
      expect(await user.ask('append run one')).toBe('done');
      expect(await user.ask('read run')).toBe('done ["one"]');
    });
  });
}
