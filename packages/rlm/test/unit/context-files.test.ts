import { mkdir, mkdtemp, realpath, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RLMContext } from '../../src/api/options.ts';
import { prepareContext } from '../../src/context/prepare-context.ts';
import { runRLM } from '../../src/index.ts';

const never = new AbortController().signal;
const socket = createServer();
let outer: string;
let cwd: string;

beforeAll(async () => {
  outer = await realpath(await mkdtemp(join(tmpdir(), 'rlm-test-')));
  cwd = join(outer, 'judged');
  await mkdir(join(cwd, 'src'), { recursive: true });
  await writeFile(join(outer, 'secret.txt'), 'secret');
  await writeFile(join(cwd, 'a.txt'), 'a');
  await writeFile(join(cwd, 'src', 'b.txt'), 'bb');
  await symlink('../secret.txt', join(cwd, 'link-out.txt'));
  await symlink('/etc', join(cwd, 'link-to-etc'));
  await symlink('/dev/zero', join(cwd, 'link-to-zero'));
  await symlink('a.txt', join(cwd, 'link-inside.txt'));
  await execa('mkfifo', [join(cwd, 'pipe')]);
  await new Promise<void>((listening) => socket.listen(join(cwd, 'socket'), listening));
  await writeFile(join(outer, 'sparse'), '');
  await truncate(join(outer, 'sparse'), 1_900_000_000);
});

afterAll(async () => {
  socket.close();
  await rm(outer, { recursive: true });
});

async function staged(context: object, signal = never) {
  const { remarks, stage } = await prepareContext(context as RLMContext, signal);
  const { source } = await stage(outer, signal);
  return { remarks, names: source.kind === 'files' ? source.files.map(({ name }) => name) : [] };
}

test('links that leave the root are not followed, and what was left alone is said', async () => {
  const { names, remarks } = await staged({ files: ['**'], cwd });
  expect(names).toEqual(['a.txt', 'link-inside.txt', 'src/b.txt']);
  expect(remarks).toEqual([expect.stringMatching(/link-out\.txt, link-to-etc, link-to-zero.*followLinks: true/)]);
});

test('what cannot fit the memory of the REPL is refused by its size, with numbers, before a byte is read', async () => {
  const huge = join(outer, 'huge');
  await writeFile(huge, Buffer.from([0xff])); // had it been read, it were not UTF-8
  await truncate(huge, 4_000_000_000);
  const limits = { maxFileBytes: 5_000_000_000, maxBytes: 5_000_000_000 };
  for (const context of [
    { file: huge, maxFileBytes: 5_000_000_000 },
    { files: { huge }, ...limits },
  ]) {
    await expect(prepareContext(context as RLMContext, never, 2_048)).rejects.toMatchObject({
      code: 'context_too_large',
      message:
        'The context has 4000000000 bytes, which take 2544 MB of memory at least, and the REPL has 2048 MB. ' +
        'Pass less, or raise environmentOptions.memoryMb.',
    });
  }
});

test.each(['docker', 'landlock', 'local'] as const)(
  'the memory of %s is known before a run starts',
  async (environment) => {
    const context = { file: join(outer, 'sparse'), maxFileBytes: 2_000_000_000 };
    const options = {
      environment,
      environmentOptions: { memoryMb: 1_000 },
      backend: 'offline',
      logDir: false,
    } as const;
    await expect(runRLM(context, 'What is in it?', options)).rejects.toMatchObject({
      code: 'context_too_large',
      message: expect.stringMatching(/1900000000 bytes.* 1208 MB .* the REPL has 1000 MB/),
    });
  },
);

test('many files are looked at at once; names stay in order, and the first bad one in that order is named', async () => {
  const folder = join(outer, 'many');
  await mkdir(folder);
  const names = Array.from({ length: 300 }, (_, number) => `${1000 + number}.txt`);
  await Promise.all(names.map((name) => writeFile(join(folder, name), name)));
  expect((await staged({ files: ['**'], cwd: folder })).names).toEqual(names);
  const { identify } = await prepareContext({ files: ['**'], cwd: folder }, never);
  const known = await identify(async () => ({ sha256: '' }), never);
  expect(known.kind === 'files' && known.files.map(({ name }) => name)).toEqual(names);
  for (const name of ['1150.txt', '1020.txt', '1290.txt']) await writeFile(join(folder, name), Buffer.from([0xff]));
  await expect(staged({ files: ['**'], cwd: folder })).rejects.toMatchObject({
    code: 'context_not_utf8',
    message: expect.stringContaining('1020.txt'),
  });
});

test('an option follows links that leave the root', async () => {
  const { names, remarks } = await staged({ files: ['*.txt'], cwd, followLinks: true });
  expect(names).toEqual(['a.txt', 'link-inside.txt', 'link-out.txt']);
  expect(remarks).toEqual([expect.stringContaining('link-to-zero')]);
});

const inCwd = (name: string) => join(cwd, name);

test.each<[string, () => object, string, RegExp]>([
  [
    'a link out by its name',
    () => ({ files: ['link-out.txt'], cwd }),
    'context_link_outside',
    /secret\.txt.*followLinks/,
  ],
  ['a way out through a link', () => ({ files: ['link-to-etc/passwd'], cwd }), 'context_link_outside', /\/etc\/passwd/],
  ['a link out in a map', () => ({ files: { x: 'link-out.txt' }, cwd }), 'context_link_outside', /followLinks/],
  ['a pattern through a link out', () => ({ files: ['link-to-etc/**'], cwd }), 'context_no_match', /link-to-etc/],
  ['a device', () => ({ file: '/dev/zero' }), 'context_not_a_file', /device.*pass the text/],
  ['a link to a device', () => ({ file: inCwd('link-to-zero') }), 'context_not_a_file', /device/],
  ['a pipe', () => ({ file: inCwd('pipe') }), 'context_not_a_file', /pipe/],
  ['a pipe among files', () => ({ files: ['pipe'], cwd }), 'context_not_a_file', /pipe/],
  ['a socket', () => ({ files: { s: 'socket' }, cwd }), 'context_not_a_file', /socket/],
  ['a file of /proc', () => ({ file: '/proc/self/environ' }), 'context_unreadable', /0 bytes.*copy/],
  ['a file above the limit of one', () => ({ file: join(outer, 'sparse') }), 'context_too_large', /raise maxFileBytes/],
  [
    'one file above a limit',
    () => ({ files: ['**'], cwd, maxFileBytes: 1 }),
    'context_too_large',
    /b\.txt.*maxFileBytes/,
  ],
  [
    'a sum above the limit',
    () => ({ files: ['**'], cwd, maxBytes: 2 }),
    'context_too_large',
    /more than 2 bytes.*maxBytes/,
  ],
  ['too many files', () => ({ files: ['**'], cwd, maxFiles: 2 }), 'context_too_many_files', /3 files.*maxFiles/],
  ['a limit that is none', () => ({ files: ['**'], cwd, maxFiles: 0 }), 'context_unsupported_type', /maxFiles must/],
])('%s is refused', async (_, context, code, message) => {
  await expect(staged(context())).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

test('an option raises the limit of one file: then it is the content that counts', async () => {
  const file = join(outer, 'large');
  await writeFile(file, 'x'.repeat(2_000));
  await expect(staged({ file, maxFileBytes: 1_999 })).rejects.toMatchObject({ code: 'context_too_large' });
  await staged({ file, maxFileBytes: 2_000 });
});

test('an abort ends the reading of a large file', async () => {
  const aborting = new AbortController();
  const reading = staged({ file: join(outer, 'sparse'), maxFileBytes: 2_000_000_000 }, aborting.signal);
  aborting.abort(new Error('enough'));
  await expect(reading).rejects.toThrow('enough');
});

test('after a pipe was refused, process.exit returns', async () => {
  const program = `
    import { prepareContext } from './packages/rlm/src/context/prepare-context.ts';
    await prepareContext({ file: process.argv[1] }, new AbortController().signal).catch(({ code }) => console.log(code));
    process.exit(7);`;
  const root = join(import.meta.dirname, '../../../..');
  const args = ['--conditions=@rlm-bridge/source', '--input-type=module', '-e', program, inCwd('pipe')];
  const { exitCode, stdout, stderr } = await execa(process.execPath, args, { cwd: root, reject: false });
  expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 7, stdout: 'context_not_a_file' });
});

test('a very deep context is refused, and says where', async () => {
  let deep: unknown = 'x';
  for (let level = 0; level < 100_000; level++) deep = [deep];
  await expect(staged({ deep })).rejects.toMatchObject({
    code: 'context_too_deep',
    message: expect.stringMatching(/^context\["deep"\].{0,300}more than 200/),
  });
});

test.each<[string, () => object | string]>([
  ['a text', () => 'text'],
  ['a dict', () => ({ key: 'value' })],
])('%s that cannot be written, for its folder is gone, is a typed failure that names TMPDIR', async (_, context) => {
  const { stage } = await prepareContext(context() as RLMContext, never);
  await expect(stage(join(outer, 'gone'), never)).rejects.toMatchObject({
    code: 'context_not_written',
    message: expect.stringMatching(/gone \(ENOENT.*TMPDIR/),
  });
});
