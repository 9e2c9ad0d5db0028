import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const packages = new URL('../../../', import.meta.url).pathname;
const files = globSync(['rlm/src/api/*.ts', 'rlm/src/session/totals.ts', 'rlm/src/options/resolve-models.ts'], {
  cwd: packages,
});

/** Members of exported interfaces and type literals that no docstring stands before; the formatter gives each its line. */
function membersWithoutDocstring(source: string): string[] {
  const found: string[] = [];
  let isInside = false;
  let before = '';
  for (const line of source.split('\n')) {
    const text = line.trim();
    if (/^export (interface|type) /.test(line)) isInside = !/[;}]$/.test(text);
    else if (/^(\}|\S.*;| {2}\);)/.test(line)) isInside = false;
    else if (isInside && /^(readonly )?['\w]+\??[:(<]/.test(text) && !before.endsWith('*/')) found.push(text);
    before = text;
  }
  return found;
}

test('a member without a docstring is found, at any depth', () => {
  const source = [
    'export interface A {',
    '  /** It has one. */',
    '  one: {',
    '    two: string;',
    '  };',
    '  three(): void;',
    '}',
    'const four = { five: 5 };',
  ];
  expect(membersWithoutDocstring(source.join('\n'))).toEqual(['two: string;', 'three(): void;']);
});

test('there are files to read', () => expect(files).toContain('rlm/src/api/events.ts'));

test.each(files)('every member of a type that %s exports has a docstring', (file) => {
  expect(membersWithoutDocstring(readFileSync(packages + file, 'utf8'))).toEqual([]);
});
