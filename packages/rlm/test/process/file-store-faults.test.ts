import fs, {
  appendFile,
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileStore, type RunStore } from '../../src/index.ts';

// Folders in which something is not as it should be.

/** As it is, while others stand in its place. */
const { link } = fs;

/** Has every hard link fail so; undefined: they are made. */
function failLinks(fault?: string): void {
  const failing = async () => {
    throw Object.assign(new Error(fault), { code: fault, syscall: 'link' });
  };
  fs.link = fault === undefined ? link : failing;
  syncBuiltinESMExports();
}

let folder: string;
let store: RunStore;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'rlm-test-')), 'store');
  store = fileStore(folder);
});
afterEach(async () => {
  failLinks();
  await rm(join(folder, '..'), { recursive: true });
});

const linesOf = async (runId: string) => await Array.fromAsync(store.read(runId));
const contentOf = async (runId: string, name: string) =>
  String(Buffer.concat(await Array.fromAsync(store.readBlob(runId, name))));

async function* text(content: string): AsyncGenerator<Uint8Array, void, void> {
  yield Buffer.from(content);
}

async function everythingIn(path: string): Promise<string[]> {
  if (!(await lstat(path)).isDirectory()) return [path, await readFile(path, 'utf8')];
  return [path, ...(await readdir(path, { recursive: true })).map((name) => join(path, name))];
}

async function runWithOneLine(): Promise<void> {
  await using lease = await store.lease('run');
  await lease.append(['one']);
}

test.each([
  ['no folder', '', {}],
  ['another durability', 'store', { durability: 'memory' as 'disk' }],
])('%s is refused at once', (_, path, options) => {
  expect(() => fileStore(path, options)).toThrow(expect.objectContaining({ code: 'invalid_options' }));
});

describe('a journal that was not written to its end', () => {
  test.each([
    ['half a line', 'one\n', 'tw'],
    ['an append of which the last line is missing', 'one\n', 'two\t\nthree\t\n'],
    ['half of the first line', '', 'on'],
  ])('%s is left out by readers, and cut off by the next lease, which says how much', async (_, whole, torn) => {
    await runWithOneLine();
    await writeFile(join(folder, 'runs/run/journal.jsonl'), whole + torn);
    const lines = whole.split('\n').slice(0, -1);
    expect(await linesOf('run')).toEqual(lines);
    await using lease = await store.lease('run');
    expect(lease.repaired).toBe(torn.length);
    await lease.append(['next']);
    expect(await linesOf('run')).toEqual([...lines, 'next']);
  });

  test('what an earlier holder had not made whole is removed', async () => {
    await runWithOneLine();
    await writeFile(join(folder, 'runs/run/left-behind.part'), 'half of a blob');
    await using _lease = await store.lease('run');
    expect((await readdir(join(folder, 'runs/run'))).sort()).toEqual(['journal.jsonl', 'lease.2.json']);
  });

  test('bytes that are no text are told of, with the file', async () => {
    await runWithOneLine();
    await appendFile(join(folder, 'runs/run/journal.jsonl'), Buffer.from([0xff, 0x0a]));
    await expect(linesOf('run')).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringMatching(/journal\.jsonl.*not UTF-8/),
    });
  });
});

describe('what is removed while it is written is told of by the next append', () => {
  test.each([
    ['the store', ''],
    ['the run', 'runs/run'],
    ['the journal', 'runs/run/journal.jsonl'],
  ])('%s', async (_, path) => {
    await using lease = await store.lease('run');
    await lease.append(['one']);
    await rm(join(folder, path), { recursive: true });
    const error = { code: 'store_failed', message: expect.stringMatching(/runs\/run.*was removed while/) };
    await expect(lease.append(['two'])).rejects.toMatchObject(error);
    await expect(lease.append(['three'])).rejects.toMatchObject(error);
  });

  test('the run can be begun anew', async () => {
    const lease = await store.lease('run');
    await rm(folder, { recursive: true });
    await expect(lease.append(['one'])).rejects.toMatchObject({ code: 'store_failed' });
    await lease.release();
    await runWithOneLine();
    expect(await linesOf('run')).toEqual(['one']);
  });

  test('a folder that is moved takes the run along, and nothing is lost', async () => {
    const lease = await store.lease('run');
    await rename(folder, `${folder}-moved`);
    await lease.append(['one']);
    await lease.release();
    await rename(`${folder}-moved`, folder);
    expect(await linesOf('run')).toEqual(['one']);
  });
});

describe('what is kept is for this user alone', () => {
  test.each([0o000, 0o022, 0o077, 0o277])('whatever the umask: %o', async (umask) => {
    const before = process.umask(umask);
    try {
      await using lease = await store.lease('run');
      await lease.append(['one']);
      await lease.putBlob(text('blob'));
    } finally {
      process.umask(before);
    }
    for (const path of await everythingIn(folder)) {
      const stats = await lstat(path);
      expect(stats.mode & 0o777, path).toBe(stats.isDirectory() ? 0o700 : 0o600);
    }
  });

  test.each(['', 'runs', 'runs/run', 'blobs', 'runs/run/blobs'])(
    'others can write the folder %j: refused',
    async (name) => {
      await using lease = await store.lease('run');
      await lease.putBlob(text('blob'));
      await lease.release();
      await chmod(join(folder, name), 0o777);
      const attempt = async () => {
        await using again = await store.lease('run');
        await again.putBlob(text('other blob'));
      };
      await expect(attempt()).rejects.toMatchObject({
        code: 'store_failed',
        message: expect.stringContaining(`Run "chmod go-w ${join(folder, name)}"`),
      });
    },
  );
});

describe('links are not followed out of the folder', () => {
  test.each([
    ['runs', 'runs'],
    ['a run', 'runs/run'],
    ['the journal', 'runs/run/journal.jsonl'],
    ['the blobs of a run', 'runs/run/blobs'],
    ['the shared blobs', 'blobs'],
  ])('%s', async (_, name) => {
    await using lease = await store.lease('run');
    await lease.append(['one']);
    const { sha256 } = await lease.putBlob(text('blob'));
    await lease.release();
    const outside = join(folder, '../outside');
    await rename(join(folder, name), outside);
    const before = await everythingIn(outside);
    await symlink(outside, join(folder, name));
    const use = async () => {
      await using again = await store.lease('run');
      await again.append(['two']);
      await again.putBlob(text('other blob'));
      await linesOf('run');
      await contentOf('run', sha256);
    };
    await expect(use()).rejects.toMatchObject({ code: 'store_failed' });
    expect(await everythingIn(outside)).toEqual(before);
  });

  test('removing a run removes nothing that a link leads to', async () => {
    await using lease = await store.lease('run');
    const { sha256 } = await lease.putBlob(text('blob'));
    await lease.release();
    const outside = join(folder, '../outside');
    await rename(join(folder, 'runs/run/blobs'), outside);
    await symlink(outside, join(folder, 'runs/run/blobs'));
    await symlink(join(folder, '..'), join(folder, 'runs/.removed-link'));
    await expect(contentOf('run', sha256)).rejects.toMatchObject({ code: 'store_failed' });
    await store.remove('run');
    expect(await readdir(outside)).toEqual([sha256]);
    expect(await readdir(join(folder, 'runs'))).toEqual(['.removed-link']);
  });

  test('the folder that the user names may be one', async () => {
    await mkdir(join(folder, '../real'), { mode: 0o700 });
    await symlink(join(folder, '../real'), folder);
    await runWithOneLine();
    expect(await linesOf('run')).toEqual(['one']);
  });
});

describe('blobs', () => {
  test('what several runs have is on the disk once, and goes with the last of them', async () => {
    const names = ['one', 'two', 'three'];
    for (const name of names) {
      await using lease = await store.lease(name);
      await lease.putBlob(text('shared'));
    }
    const files = (await everythingIn(folder)).filter((path) => /[0-9a-f]{64}$/.test(path));
    expect(files).toHaveLength(4);
    expect(new Set(await Promise.all(files.map(async (path) => (await lstat(path)).ino))).size).toBe(1);
    for (const name of names) await store.remove(name);
    expect((await everythingIn(folder)).filter((path) => /[0-9a-f]{64}$/.test(path))).toEqual([]);
  });

  test('one that is damaged is told of, with the file', async () => {
    await using lease = await store.lease('run');
    const { sha256 } = await lease.putBlob(text('as it was'));
    await writeFile(join(folder, 'runs/run/blobs', sha256), 'as it is.');
    await expect(contentOf('run', sha256)).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringContaining(sha256),
    });
  });

  test('one that was cut short is put anew', async () => {
    await using one = await store.lease('one');
    const { sha256 } = await one.putBlob(text('as it was'));
    await writeFile(join(folder, 'runs/one/blobs', sha256), '');
    await using two = await store.lease('two');
    await two.putBlob(text('as it was'));
    await one.putBlob(text('as it was'));
    expect([await contentOf('one', sha256), await contentOf('two', sha256)]).toEqual(['as it was', 'as it was']);
  });

  test('a removal that was cut short is finished by the next', async () => {
    for (const name of ['one', 'two']) {
      await using lease = await store.lease(name);
      await lease.putBlob(text(`of ${name}`));
    }
    await rename(join(folder, 'runs/one'), join(folder, 'runs/.removed-half'));
    await store.remove('two');
    expect(await readdir(join(folder, 'runs'))).toEqual([]);
    expect((await everythingIn(folder)).filter((path) => /[0-9a-f]{64}$/.test(path))).toEqual([]);
  });
});

describe.each(['EPERM', 'EOPNOTSUPP', 'ENOSYS'])('a file system without hard links (%s)', (fault) => {
  beforeEach(() => failLinks(fault));

  test('runs are leased by one at a time, and each has a copy of its blobs', async () => {
    await using lease = await store.lease('run');
    await expect(store.lease('run')).rejects.toMatchObject({ code: 'run_in_progress' });
    await lease.append(['one']);
    const { sha256 } = await lease.putBlob(text('blob'));
    await using other = await store.lease('other');
    await other.putBlob(text('blob'));
    await lease.release();
    await store.remove('run');
    expect(await contentOf('other', sha256)).toBe('blob');
    expect((await lstat(join(folder, 'runs/other/blobs', sha256))).nlink).toBe(1);
  });
});
