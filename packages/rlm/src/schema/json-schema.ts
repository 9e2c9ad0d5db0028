import { Ajv, type ErrorObject, type Options } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import * as draft07 from './_generated/draft-07.js';
import { DRAFT_2020_12, type Draft, draftOf, faultsOf, type JSONObject } from './meta-schema.ts';
import { problemAt, type SchemaProblem } from './problem.ts';

/** The schema itself was checked before. */
const OPTIONS: Options = { strict: false, allErrors: true, useDefaults: true, logger: false, validateSchema: false };

interface CompiledDraft extends Draft {
  readonly Compiler: new (options: Options) => Ajv | Ajv2020;
}

const DRAFTS: readonly CompiledDraft[] = [
  { ...DRAFT_2020_12, Compiler: Ajv2020 },
  { ids: ['http://json-schema.org/draft-07/schema'], validate: draft07.validate, Compiler: Ajv },
];

/** Which of an error's parameters its message leaves out. */
const UNSAID: { [keyword: string]: string } = {
  additionalProperties: 'additionalProperty',
  unevaluatedProperties: 'unevaluatedProperty',
  enum: 'allowedValues',
  const: 'allowedValue',
};

/**
 * A check against a JSON Schema, formats included; it writes the schema's defaults into the value. Keywords and formats
 * that are not known mean nothing, as the specification has it.
 * @throws {Error} that says what is wrong with the schema.
 */
export function compileJSONSchema(schema: JSONObject): (value: unknown) => SchemaProblem[] {
  const draft = draftOf(schema, DRAFTS);
  const wrong = faultsOf(schema, draft, 'data');
  if (wrong !== '') throw new Error(`schema is invalid: ${wrong}`);
  const ajv = new draft.Compiler(OPTIONS);
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
