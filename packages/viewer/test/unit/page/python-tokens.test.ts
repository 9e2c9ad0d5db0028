import { expect, test } from 'vitest';
import { tokensOf } from '../../../src/page/texts/python-tokens.ts';

const CODE = `import re  # a "comment"
parts = [llm_query(f"a {i} \\"q\\" # no comment") for i in range(0x1f)]
text = """of
three lines"""
print(1.5e3, r'\\d', b"x", "unended
`;

test('Python is painted, and stays what it was', () => {
  const tokens = tokensOf(CODE);
  expect(tokens.map(({ text }) => text).join('')).toBe(CODE);
  const kinds = Object.groupBy(tokens, ({ kind }) => kind);
  const words = (kind: keyof typeof kinds) => kinds[kind]?.map(({ text }) => text);
  expect(words('key')).toEqual(['import', 'for', 'in']);
  expect(words('comment')).toEqual(['# a "comment"']);
  expect(words('call')).toEqual(['llm_query', 'range', 'print']);
  expect(words('number')).toEqual(['0x1f', '1.5e3']);
  expect(words('string')).toEqual([
    'f"a {i} \\"q\\" # no comment"',
    '"""of\nthree lines"""',
    "r'\\d'",
    'b"x"',
    '"unended',
  ]);
});
