import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { protocolJsonSchema } from '../src/json-schema.ts';
import { PROTOCOL_VERSION } from '../src/version.ts';

const file = new URL(`../schema/protocol.v${PROTOCOL_VERSION}.json`, import.meta.url);
const schema = protocolJsonSchema();

test('the committed JSON Schema is the one the definitions give', () => {
  const fix = 'The protocol changed: run `pnpm protocol:generate` and commit the result.';
  expect(readFileSync(file, 'utf8'), fix).toBe(`${JSON.stringify(schema, null, 2)}\n`);
});

test('every member of a union is a definition of its own, with a title', () => {
  for (const [name, definition] of Object.entries(schema.$defs ?? {})) {
    expect(definition).toMatchObject({ title: name });
    for (const member of definition.oneOf ?? [])
      expect(member).toEqual({ $ref: expect.stringMatching(/^#\/\$defs\/\w+$/) });
  }
});
