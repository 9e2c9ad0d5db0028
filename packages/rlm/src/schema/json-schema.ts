import { Ajv, type ErrorObject, type Options } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { JSONValue } from '../api/json.ts';
import { problemAt, type SchemaProblem } from './problem.ts';

export type JSONObject = { [name: string]: JSONValue };

const OPTIONS: Options = { strict: false, allErrors: true, useDefaults: true, logger: false };
/** For a schema that was validated. */
const UNLOOKED: Options = { ...OPTIONS, validateSchema: false };

type Draft = new (options: Options) => Ajv | Ajv2020;

/** Of each draft what knows its schema of schemas, which takes the longest to compile; it keeps none that it is shown. */
const metas = new Map<Draft, Ajv | Ajv2020>();

const DRAFT_07 = /^https?:\/\/json-schema\.org\/draft-07\/schema#?$/;

/** Which of an error's parameters its message leaves out. */
const UNSAID: { [keyword: string]: string } = {
  additionalProperties: 'additionalProperty',
  unevaluatedProperties: 'unevaluatedProperty',
  enum: 'allowedValues',
  const: 'allowedValue',
};

/** @throws {Error} that says what is wrong with the schema. Patterns and references are not looked into. */
export function requireJSONSchema(schema: JSONObject): void {
  const meta = metaOf(Ajv2020);
  if (meta.validateSchema(schema) !== true) throw new Error(meta.errorsText(meta.errors, { dataVar: 'schema' }));
}

/**
 * A check against a JSON Schema, formats included; it writes the schema's defaults into the value. Keywords and formats
 * that are not known mean nothing, as the specification has it.
 * @throws {Error} that says what is wrong with the schema.
 */
export function compileJSONSchema(schema: JSONObject): (value: unknown) => SchemaProblem[] {
  const isDraft07 = typeof schema.$schema === 'string' && DRAFT_07.test(schema.$schema);
  const draft = isDraft07 ? Ajv : Ajv2020;
  metaOf(draft).validateSchema(schema, true);
  const ajv = new draft(UNLOOKED);
  formats.default(ajv);
  const validate = ajv.compile(schema);
  return (value) => (validate(value) === true ? [] : (validate.errors ?? []).map((error) => toProblem(value, error)));
}

function metaOf(draft: Draft): Ajv | Ajv2020 {
  const meta = metas.get(draft) ?? new draft(OPTIONS);
  metas.set(draft, meta);
  return meta;
}

function toProblem(
  value: unknown,
  { instancePath, keyword, params, message = 'is refused' }: ErrorObject,
): SchemaProblem {
  const keys = instancePath.split('/').slice(1).map(unescaped);
  const unsaid = UNSAID[keyword];
  const full = unsaid === undefined ? message : `${message}: ${JSON.stringify(params[unsaid])}`;
  const path = keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key));
  return problemAt(value, path, full);
}

/** A segment of a JSON Pointer. */
function unescaped(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}
