import { stoppable } from '@rlm-bridge/callbacks';
import { thrownText } from '@rlm-bridge/text';
import { z } from 'zod';
import { isObject } from '../api/json.ts';
import type { StandardSchema } from '../api/rlm-schema.ts';
import { jsonSchemas, metaSchemas } from './late-json-schema.ts';
import type { JSONObject } from './meta-schema.ts';
import { problemAt, type SchemaProblem } from './problem.ts';

/** It is part of every prompt of the model that must follow it. */
const MAX_SCHEMA_CHARS = 100_000;

/** A check of the largest answer takes far less; what takes more, a pattern that backtracks, may take for ever. */
export const MAX_BLOCKING_MS = 2_000;

/** A schema of whatever kind. */
export interface ReadSchema {
  /** What a value looks like before transforms and defaults apply. */
  readonly jsonSchema: JSONObject;
  /**
   * The value as the schema makes it, or at least one problem. Rejects with what the schema's own code throws, and when it
   * blocks for `limitMs`.
   */
  parse(value: unknown, limitMs?: number): Promise<Parsed>;
}

export type Parsed = { value: unknown; problems?: never } | { problems: SchemaProblem[] };

/** @throws {Error} whose message ends the sentence "schema must …". */
export function readSchema(given: unknown): ReadSchema {
  return isStandardSchema(given) ? readStandardSchema(given) : readPlainSchema(given);
}

function readStandardSchema(schema: StandardSchema<unknown>): ReadSchema {
  const jsonSchema = toJSONObject(jsonSchemaOf(schema));
  requireValid(() => metaSchemas().requireJSONSchema(jsonSchema));
  return { jsonSchema, parse: (value, limitMs) => parseStandard(schema, value, limitMs) };
}

function readPlainSchema(schema: unknown): ReadSchema {
  const jsonSchema = toJSONObject(schema);
  const check = requireValid(() => jsonSchemas().compileJSONSchema(jsonSchema));
  const parse = async (value: unknown, limitMs?: number) => {
    const problems = stopping(limitMs, () => check(value));
    return problems.length === 0 ? { value } : { problems };
  };
  return { jsonSchema, parse };
}

function stopping<T>(limitMs = MAX_BLOCKING_MS, call: () => T): T {
  return stoppable(Math.min(limitMs, MAX_BLOCKING_MS), call);
}

/** Whether a library checks values against it. */
export function isStandardSchema(given: unknown): given is StandardSchema<unknown> {
  return (typeof given === 'object' || typeof given === 'function') && given !== null && '~standard' in given;
}

function jsonSchemaOf(schema: StandardSchema<unknown>): unknown {
  const { vendor } = schema['~standard'];
  const convert = converterOf(schema);
  if (convert === undefined) {
    const hint = HINTS[vendor] ?? 'Give a plain JSON Schema, or a library that follows Standard JSON Schema.';
    throw new Error(`be able to give JSON Schema, and this one of "${vendor}" is not. ${hint}`);
  }
  try {
    return convert();
  } catch (error) {
    throw new Error(`be one that JSON Schema can say; "${vendor}" says: ${thrownText(error)}`);
  }
}

function converterOf(schema: StandardSchema<unknown>): (() => unknown) | undefined {
  const { vendor, jsonSchema }: StandardProps = schema['~standard'];
  if (jsonSchema !== undefined) return () => jsonSchema.input({ target: 'draft-2020-12' });
  // zod/mini, and zod before 4.2
  if (vendor !== 'zod' || !('_zod' in schema)) return undefined;
  return () => z.toJSONSchema(schema as unknown as z.core.$ZodType, { io: 'input' });
}

const HINTS: { [vendor: string]: string } = {
  valibot: 'Wrap it in toStandardJsonSchema of @valibot/to-json-schema',
  zod: 'Use zod 4',
};

function toJSONObject(given: unknown): JSONObject {
  if (!isObject(given)) throw new Error('be a schema of zod 4 or another Standard Schema, or a JSON Schema object');
  const text = stringify(given);
  if (text.length > MAX_SCHEMA_CHARS) throw new Error(`have at most ${MAX_SCHEMA_CHARS} characters as JSON`);
  return JSON.parse(text);
}

function stringify(given: object): string {
  try {
    return JSON.stringify(given);
  } catch (error) {
    throw new Error(`be an object that JSON can hold: ${thrownText(error)}`);
  }
}

function requireValid<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw new Error(`be a valid JSON Schema: ${thrownText(error)}`);
  }
}

async function parseStandard(schema: StandardSchema<unknown>, value: unknown, limitMs?: number): Promise<Parsed> {
  const result = (await stopping(limitMs, () => schema['~standard'].validate(value))) as StandardResult;
  if (result.issues === undefined) return { value: result.value };
  const problems = result.issues.map(({ path = [], message }) =>
    problemAt(
      value,
      path.map((part) => (typeof part === 'object' ? part.key : part)),
      message,
    ),
  );
  return { problems: problems.length > 0 ? problems : [{ path: '', message: 'is refused' }] };
}

interface StandardProps {
  readonly vendor: string;
  readonly jsonSchema?: { input(options: { target: string }): unknown };
}

interface StandardResult {
  readonly value?: unknown;
  readonly issues?: readonly {
    readonly message: string;
    readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
  }[];
}
