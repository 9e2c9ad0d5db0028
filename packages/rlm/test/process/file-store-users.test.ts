import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileStore } from '../../src/index.ts';

// Real users: root becomes them. Nobody else can, and then there is nothing to try.

const [USER, STRANGER] = [54_322, 54_323];
const PROGRAM = join(import.meta.dirname, '../fixtures/obeys-in-a-store.mts');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  await chmod(folder, 0o755);
});
afterEach(() => rm(folder, { recursive: true }));

async function as(user: number, caps: string[], command: string[], input = ''): Promise<string> {
  const become = ['--reuid', String(user), '--regid', String(user), '--clear-groups', ...caps];
  const { all } = await execa('setpriv', [...become, ...command], { input, all: true, reject: false, cwd: '/' });
  return all;
}

/** What the store says to a user's commands. */
async function commandAs(user: number, store: string, input: string): Promise<string> {
  // It may read everything, as the checkout may be where only root can go.
  const caps = ['--inh-caps', '+dac_read_search', '--ambient-caps', '+dac_read_search'];
  return await as(user, caps, [process.execPath, '--conditions=source', PROGRAM, store], input);
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
    test('what is kept in a folder that all may read cannot be read by another user', async () => {
      const store = await folderOf(0, 0o755);
      await using lease = await fileStore(store).lease('run');
      await lease.append(['one']);
      for (const path of ['runs', 'runs/run', 'runs/run/journal.jsonl']) {
        expect(await as(STRANGER, [], ['cat', join(store, path)])).toMatch(/Permission denied/);
      }
    });

    test.each([
      ['belongs to another user', STRANGER, 0o755],
      ['everybody can write, as /tmp is', USER, 0o1777],
      ['its group can write', USER, 0o775],
    ])('a folder that %s is refused', async (_, owner, mode) => {
      const store = await folderOf(owner, mode);
      expect(await commandAs(USER, store, 'lease run\n')).toMatch(/^ready \d+\nstore_failed$/);
    });

    test('a folder of one’s own is used', async () => {
      const store = await folderOf(USER, 0o755);
      expect(await commandAs(USER, store, 'lease run\nappend run one\nread run\n')).toMatch(/done\ndone \["one"\]$/);
    });
  });
}
