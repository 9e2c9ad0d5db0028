import { expect, test } from 'vitest';
import { z } from 'zod';
import { kindsOfSchemas } from '../../src/options/given-schemas.ts';

const standard = z.object({ name: z.string() });
const plain = { type: 'object' };
const throwing = {
  get schema() {
    throw new Error('not now');
  },
};

// What checks a plain JSON Schema takes longer to load than most runs to start.
test.each<[string, unknown, ('standard' | 'plain')[]]>([
  ['no options', undefined, []],
  ['no schema', { tools: { look: { description: 'x' } } }, []],
  ['a schema of a library', { schema: standard }, ['standard']],
  ['one of a tool', { tools: { look: { input: standard } } }, ['standard']],
  ['a plain JSON Schema', { schema: plain }, ['plain']],
  [
    'one that a tool returns, beside one of a library',
    { schema: standard, tools: { look: { output: plain } } },
    ['standard', 'plain'],
  ],
  ['what is no schema', { schema: null }, ['plain']],
  ['tools that are none', { tools: [null] }, []],
  ['options that throw', throwing, ['plain']],
])('%s', (_, options, kinds) => {
  expect([...kindsOfSchemas(options)]).toEqual(kinds);
});
