import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../../../protocol/test/any-text.ts';
import { decodeLines, encodeLines, skipLines, wholeBytes } from '../../src/store/journal-lines.ts';

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const decoded = async (bytes: Uint8Array, size = 7) => await Array.fromAsync(decodeLines(pieces(bytes, size)));
const whole = async (bytes: Uint8Array) => await wholeBytes(bytes.length, async (from, to) => bytes.subarray(from, to));

const line = fc.oneof(
  fc.stringMatching(/^[\t ab]{0,4}$/),
  anyText().map((text) => text.replaceAll('\n', '')),
);
const appends = fc.array(fc.array(line, { maxLength: 4 }), { maxLength: 6 });

describe('the lines of a journal', () => {
  test('what is encoded is decoded, whatever the pieces it comes in', async () => {
    await fc.assert(
      fc.asyncProperty(appends, fc.integer({ min: 1, max: 9 }), async (groups, size) => {
        expect(await decoded(Buffer.concat(groups.map(encodeLines)), size)).toEqual(groups.flat());
      }),
    );
  });

  test('reading begins at any line, also within what was appended together', async () => {
    await fc.assert(
      fc.asyncProperty(appends, fc.nat(9), fc.integer({ min: 1, max: 9 }), async (groups, from, size) => {
        const bytes = Buffer.concat(groups.map(encodeLines));
        const lines = await Array.fromAsync(decodeLines(skipLines(pieces(bytes, size), from)));
        expect(lines).toEqual(groups.flat().slice(from));
      }),
    );
  });

  test('of a journal that is cut off anywhere, whole appends are read, and those are what is kept', async () => {
    await fc.assert(
      fc.asyncProperty(appends, fc.nat(), async (groups, cut) => {
        const parts = groups.map(encodeLines);
        const bytes = Buffer.concat(parts);
        const torn = bytes.subarray(0, bytes.length === 0 ? 0 : cut % (bytes.length + 1));
        let [size, lines]: [number, string[]] = [0, []];
        for (const [i, part] of parts.entries()) {
          if (size + part.length > torn.length) break;
          size += part.length;
          lines = [...lines, ...(groups[i] ?? [])];
        }
        expect(await decoded(torn)).toEqual(lines);
        expect(await whole(torn)).toBe(size);
      }),
    );
  });

  test.each([65_534, 65_535, 65_536, 65_537, 131_072, 131_073])(
    'a torn end of %i bytes is found from behind',
    async (length) => {
      for (const end of ['x', '\t\n'.repeat(1), 'x\t']) {
        const torn = Buffer.from('x'.repeat(length - end.length) + end);
        expect(await whole(Buffer.concat([encodeLines(['whole']), torn]))).toBe('whole\n'.length);
      }
    },
  );

  test('JSON stays JSON, as a reader of the file sees it', () => {
    const text = Buffer.from(encodeLines(['{"a":1}', '[2]', '3'])).toString();
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((one) => JSON.parse(one)),
    ).toEqual([{ a: 1 }, [2], 3]);
  });
});
