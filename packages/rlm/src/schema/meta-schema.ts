import type { ValidateFunction } from 'ajv';
import type { JSONValue } from '../api/json.ts';
import * as draft2020 from './_generated/draft-2020-12.js';

export type JSONObject = { [name: string]: JSONValue };

/** A draft of JSON Schema. Ajv takes longest to compile its schema of schemas: that was done ahead. */
export interface Draft {
  /** What a schema of it has as `$schema`, `''` for nothing. */
  readonly ids: readonly string[];
  readonly validate: ValidateFunction;
}

export const DRAFT_2020_12: Draft = {
  ids: ['', 'https://json-schema.org/draft/2020-12/schema', 'http://json-schema.org/schema'],
  validate: draft2020.validate,
};

/** @throws {Error} that says what is wrong with the schema, of draft 2020-12. Patterns and references are not looked into. */
export function requireJSONSchema(schema: JSONObject): void {
  const wrong = faultsOf(schema, draftOf(schema, [DRAFT_2020_12]), 'schema');
  if (wrong !== '') throw new Error(wrong);
}

/** Which of the drafts a schema is of. @throws {Error} when it is of none. */
export function draftOf<D extends Draft>({ $schema = '' }: JSONObject, drafts: readonly D[]): D {
  if (typeof $schema !== 'string') throw new Error('$schema must be a string');
  const id = $schema.replace(/#\/?$/, '');
  const draft = drafts.find(({ ids }) => ids.includes(id));
  if (draft === undefined) throw new Error(`no schema with key or ref "${$schema}"`);
  return draft;
}

/** What is wrong with a schema of a draft, `''` for nothing. `name` is what the schema is called there. */
export function faultsOf(schema: JSONObject, { validate }: Draft, name: string): string {
  if (validate(schema)) return '';
  return (validate.errors ?? []).map(({ instancePath, message }) => `${name}${instancePath} ${message}`).join(', ');
}
