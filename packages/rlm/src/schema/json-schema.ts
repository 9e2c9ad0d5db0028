import { Ajv, type ErrorObject, type Options } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { JSONValue } from '../api/json.ts';
import { problemAt, type SchemaProblem } from './problem.ts';

export type JSONObject = { [name: string]: JSONValue };

const OPTIONS: Options = { strict: false, allErrors: true, useDefaults: true, logger: false };

/** Knows the schema of schemas; it keeps none that it is shown. */
let meta: Ajv2020 | undefined;

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
  meta ??= new Ajv2020(OPTIONS);
  if (meta.validateSchema(schema) !== true) throw new Error(meta.errorsText(meta.errors, { dataVar: 'schema' }));
}

/**
 * A check against a JSON Schema, formats included; it writes the schema's defaults into the value. Keywords and formats
 * that are not known mean nothing, as the specification has it.
 * @throws {Error} that says what is wrong with the schema.
 */
export function compileJSONSchema(schema: JSONObject): (value: unknown) => SchemaProblem[] {
  const isDraft07 = typeof schema.$schema === 'string' && DRAFT_07.test(schema.$schema);
  const ajv = isDraft07 ? new Ajv(OPTIONS) : new Ajv2020(OPTIONS);
  formats.default(ajv);
  const validate = ajv.compile(schema);
  return (value) => (validate(value) === true ? [] : (validate.errors ?? []).map((error) => toProblem(value, error)));
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
