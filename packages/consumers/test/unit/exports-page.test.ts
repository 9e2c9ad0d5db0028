import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Page, quoted } from '../../../rlm/test/markdown.ts';

const page = new Page('docs/exports.md');

/** What the source of an index exports, types too. */
function exportsOf(index: string): string[] {
  const source = readFileSync(new URL(`../../../${index}`, import.meta.url), 'utf8');
  const listed = [...source.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, names = '']) => names.split(','));
  const declared = [...source.matchAll(/^export (?:async )?(?:function\*?|const|class|interface|type) (\w+)/gm)];
  const names = listed.map((name) => name.replace(/^\s*type /, '').trim()).filter((name) => name !== '');
  return [...names, ...declared.map(([, name = '']) => name)].sort();
}

test.each([
  ['rlm-bridge', 'rlm/src/index.ts'],
  ['rlm-bridge/journal', 'rlm/src/journal-door.ts'],
  ['rlm-bridge/store-conformance', 'rlm/src/store/conformance.ts'],
  ['@rlm-bridge/assess', 'assess/src/index.ts'],
  ['@rlm-bridge/viewer', 'viewer/src/index.ts'],
  ['@rlm-bridge/ai-sdk', 'ai-sdk/src/index.ts'],
  ['@rlm-bridge/cli', 'cli/src/main.ts'],
])('every export of %s is on the page, and no other', async (name, index) => {
  const shown = page.tableOf(name).flatMap(([names = '']) => quoted(names));
  expect(shown.sort()).toEqual(exportsOf(index));
  const { default: _, ...values } = await import(name);
  expect(shown).toEqual(expect.arrayContaining(Object.keys(values)));
});
