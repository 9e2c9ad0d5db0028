import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeLine, FramingError, LineDecoder } from '../src/framing.ts';
import { anyText } from './any-text.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** Cuts `data` at the given places, in any order and however often. */
function cut(data: Uint8Array, places: number[]): Uint8Array[] {
  const at = [...new Set(places.map((place) => place % (data.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((start, i) => data.slice(start, at[i] ?? data.length));
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof FramingError) return error.code;
    throw error;
  }
  return 'nothing was thrown';
}

describe('LineDecoder', () => {
  test('gives back every line, wherever the stream is cut', () => {
    const line = anyText().map((text) => text.replaceAll('\n', '').toWellFormed());
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat()), (lines, places) => {
        const decoder = new LineDecoder();
        const stream = bytes(lines.map((text) => `${text}\n`).join(''));
        expect(cut(stream, places).flatMap((chunk) => [...decoder.push(chunk)])).toEqual(lines);
      }),
    );
  });

  test.each(['\u2028', '\u2029', '\u0085', '\r', '\v', '\f', '\0', '\ufeff', '😀', 'שלום'])(
    'keeps %j inside its line',
    (text) => {
      expect([...new LineDecoder().push(bytes(`${text}a${text}\n`))]).toEqual([`${text}a${text}`]);
    },
  );

  test('does not depend on the chunk staying as it was', () => {
    const decoder = new LineDecoder();
    const chunk = bytes('abc');
    expect([...decoder.push(chunk)]).toEqual([]);
    chunk.fill(0);
    expect([...decoder.push(bytes('\n'))]).toEqual(['abc']);
  });

  test('takes a line of exactly the longest length and refuses one byte more', () => {
    expect([...new LineDecoder(4).push(bytes('1234\n'))]).toEqual(['1234']);
    expect(codeOf(() => [...new LineDecoder(4).push(bytes('12345\n'))])).toBe('line_too_long');
  });

  test('refuses a line that is too long before its end arrives', () => {
    const decoder = new LineDecoder(4);
    expect([...decoder.push(bytes('123'))]).toEqual([]);
    expect(codeOf(() => [...decoder.push(bytes('45'))])).toBe('line_too_long');
  });

  test('delivers the lines before the one it refuses', () => {
    const seen: string[] = [];
    const read = () => {
      for (const line of new LineDecoder(4).push(bytes('a\nb\n12345\n'))) seen.push(line);
    };
    expect(codeOf(read)).toBe('line_too_long');
    expect(seen).toEqual(['a', 'b']);
  });

  test('refuses bytes that are not UTF-8 rather than replacing them', () => {
    expect(codeOf(() => [...new LineDecoder().push(Uint8Array.of(0x22, 0xff, 0x22, 0x0a))])).toBe('line_not_utf8');
  });
});

describe('encodeLine', () => {
  test('is what LineDecoder and JSON.parse undo, in one line', () => {
    fc.assert(
      fc.property(anyText(), (id) => {
        const lines = [...new LineDecoder().push(encodeLine({ type: 'run.cancel', id }))];
        expect(lines.map((line) => JSON.parse(line))).toEqual([{ type: 'run.cancel', id }]);
      }),
    );
  });

  test('refuses a message longer than a line may be', () => {
    const exact = encodeLine({ type: 'shutdown' }).length - 1;
    expect(encodeLine({ type: 'shutdown' }, exact)).toHaveLength(exact + 1);
    expect(codeOf(() => encodeLine({ type: 'shutdown' }, exact - 1))).toBe('line_too_long');
  });
});
