import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { RLMContext } from '../../src/api/options.ts';
import { prepareContext } from '../../src/context/prepare-context.ts';
import { firstInvalidByte } from '../../src/context/text-file.ts';

const never = new AbortController().signal;
let cwd: string;
let folder: string;

async function prepare(context: unknown) {
  return await (await prepareContext(context as RLMContext, never)).stage(folder, never);
}

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  const names = [
    'b.ts',
    'a.ts',
    'B.ts',
    'src/x.ts',
    'src/y.test.ts',
    'src/deep/z.ts',
    '.hidden.ts',
    'app/[id].ts',
    'empty.txt',
  ];
  for (const name of names) {
    await mkdir(dirname(join(cwd, name)), { recursive: true });
    await writeFile(join(cwd, name), name === 'empty.txt' ? '' : name);
  }
  await writeFile(join(cwd, 'binary.bin'), Buffer.from([0x61, 0x62, 0xff, 0x63]));
  await writeFile(join(cwd, 'cut.txt'), Buffer.from([0x61, 0xe2, 0x82]));
});

async function spooled(context: unknown): Promise<Buffer> {
  const { source, dispose } = await prepare(context);
  if (!('path' in source)) throw new Error('not a spooled context');
  expect((await stat(source.path)).mode & 0o777).toBe(0o600);
  expect(dirname(source.path)).toBe(folder);
  const bytes = await readFile(source.path);
  await dispose();
  await expect(stat(source.path)).rejects.toMatchObject({ code: 'ENOENT' });
  return bytes;
}

test.each([
  ['empty', ''],
  ['CRLF and NUL', 'a\r\nb\rc\n\0d'],
  ['astral, RTL and separators', '\u{1f600} \u05d0\u05d1 \u2028 \u0085 \ufeff'],
  ['longer than a piece, pairs on every boundary', `x${'\u{1f600}'.repeat(2_000_000)}`],
])('a string arrives byte for byte: %s', async (_, text) => {
  const sha256 = (data: Buffer | string) => createHash('sha256').update(data).digest('hex');
  expect(sha256(await spooled(text))).toBe(sha256(text));
});

test('lists and dicts arrive as JSON that says the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.array(fc.string({ unit: 'grapheme' })),
        fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()),
      ),
      async (value) => {
        const wellFormed = JSON.parse(JSON.stringify(value).toWellFormed());
        if ('file' in wellFormed || 'files' in wellFormed) return;
        expect(JSON.parse((await spooled(wellFormed)).toString())).toEqual(wellFormed);
      },
    ),
    { numRuns: 50 },
  );
});

test.each<[string, unknown, string, RegExp]>([
  ['a number', 42, 'context_unsupported_type', /context is 42/],
  ['null', null, 'context_unsupported_type', /null/],
  ['a Map', new Map(), 'context_unsupported_type', /Map/],
  ['a Buffer', Buffer.from('x'), 'context_unsupported_type', /Buffer/],
  ['a list with a number', ['a', 1], 'context_unsupported_type', /context\[1\] is 1/],
  ['a Date inside', { a: { b: new Date(0) } }, 'context_unsupported_type', /context\["a"\]\["b"\]/],
  ['NaN inside', { a: [Number.NaN] }, 'context_unsupported_type', /NaN/],
  ['undefined inside', { a: undefined }, 'context_unsupported_type', /undefined/],
  ['a function inside', { a: () => {} }, 'context_unsupported_type', /Function/],
  ['a lone surrogate', 'ab\ud800c', 'context_not_well_formed', /index 2/],
  ['a lone surrogate in a list', ['x', '\udc00'], 'context_not_well_formed', /context\["?1"?\].*index 0/],
  ['a lone surrogate in a key', { '\ud800': 1 }, 'context_not_well_formed', /key/],
])('%s is refused', async (_, context, code, message) => {
  await expect(prepare(context)).rejects.toMatchObject({
    name: 'RLMError',
    code,
    message: expect.stringMatching(message),
  });
});

test('a reference to itself is refused', async () => {
  const value: Record<string, unknown> = {};
  value.self = { value };
  await expect(prepare(value)).rejects.toMatchObject({ code: 'context_unsupported_type' });
});

test('a file is passed by its path and left alone', async () => {
  const { source, dispose } = await prepare({ file: join(cwd, 'empty.txt') });
  expect(source).toEqual({ kind: 'text', path: join(cwd, 'empty.txt') });
  await dispose();
  await stat(join(cwd, 'empty.txt'));
});

test.each<[string, () => unknown, string, RegExp]>([
  ['a missing file', () => ({ file: join(cwd, 'nope') }), 'context_not_found', /nope/],
  ['a directory as file', () => ({ file: cwd }), 'context_is_directory', /directory/],
  ['a binary file', () => ({ file: join(cwd, 'binary.bin') }), 'context_not_utf8', /offset 2/],
  ['a file cut inside a character', () => ({ file: join(cwd, 'cut.txt') }), 'context_not_utf8', /offset 1/],
  ['a glob that matches nothing', () => ({ files: ['**/*.rs'], cwd }), 'context_no_match', /\*\*\/\*\.rs/],
  ['no globs', () => ({ files: [], cwd }), 'context_no_match', /empty list/],
  ['a missing file among files', () => ({ files: ['a.ts', 'nope.ts'], cwd }), 'context_not_found', /nope\.ts/],
  ['a directory among files', () => ({ files: ['src'], cwd }), 'context_is_directory', /src\/\*\*/],
  ['a binary file among files', () => ({ files: ['*.bin'], cwd }), 'context_not_utf8', /binary\.bin/],
  ['a missing file in a map', () => ({ files: { x: 'nope.ts' }, cwd }), 'context_not_found', /nope\.ts/],
  ['a path that is no string', () => ({ files: [7], cwd }), 'context_unsupported_type', /files\[0\]/],
])('%s is refused', async (_, context, code, message) => {
  await expect(prepare(context())).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

async function names(files: unknown): Promise<string[]> {
  const { source } = await prepare({ files, cwd });
  if (source.kind !== 'files') throw new Error(source.kind);
  for (const { path } of source.files) expect((await stat(path)).isFile()).toBe(true);
  return source.files.map(({ name }) => name);
}

test('globs: sorted by code unit, relative, negatable, dot files only when named', async () => {
  expect(await names(['**/*.ts'])).toEqual([
    'B.ts',
    'a.ts',
    'app/[id].ts',
    'b.ts',
    'src/deep/z.ts',
    'src/x.ts',
    'src/y.test.ts',
  ]);
  expect(await names(['src/**', '!**/*.test.ts'])).toEqual(['src/deep/z.ts', 'src/x.ts']);
  expect(await names(['.*.ts'])).toEqual(['.hidden.ts']);
  expect(await names(['a.ts', '*.ts', 'a.ts'])).toEqual(['B.ts', 'a.ts', 'b.ts']);
});

test('a pattern that is the name of a file means that file', async () => {
  expect(await names(['app/[id].ts'])).toEqual(['app/[id].ts']);
});

test('a map names files as it likes', async () => {
  const { source } = await prepare({ files: { first: 'b.ts', second: join(cwd, 'a.ts') }, cwd });
  const path = (name: string) => join(cwd, name);
  expect(source).toEqual({
    kind: 'files',
    files: [
      { name: 'first', path: path('b.ts') },
      { name: 'second', path: path('a.ts') },
    ],
  });
});

test('a dangling link is a missing file', async () => {
  await symlink(join(cwd, 'gone'), join(cwd, 'link.md'));
  await expect(prepare({ file: join(cwd, 'link.md') })).rejects.toMatchObject({ code: 'context_not_found' });
});

test('the first wrong byte is found wherever chunks are cut', async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.string({ unit: 'grapheme' }).map((text) => new TextEncoder().encode(text)),
  );
  await fc.assert(
    fc.asyncProperty(bytes, fc.integer({ min: 1, max: 7 }), async (data, size) => {
      async function* chunks() {
        for (let start = 0; start < data.length; start += size) yield Buffer.from(data.subarray(start, start + size));
      }
      expect(await firstInvalidByte(chunks())).toBe(referenceOffset(data));
    }),
    { numRuns: 500 },
  );
});

/** By the decoder of the platform, one byte more at a time: a cut character is wrong at its first byte. */
function referenceOffset(data: Uint8Array): number | undefined {
  const isValid = (end: number) => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(data.subarray(0, end));
      return true;
    } catch {
      return false;
    }
  };
  if (isValid(data.length)) return undefined;
  for (let end = data.length; ; end--) if (isValid(end)) return end;
}
