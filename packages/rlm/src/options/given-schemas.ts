import { isObject } from '../api/json.ts';
import { isStandardSchema } from '../schema/read-schema.ts';

/** Which kinds of schemas options have that nobody looked at yet. What throws then is any: what is wrong is said when it is parsed. */
export function kindsOfSchemas(options: unknown): ReadonlySet<'standard' | 'plain'> {
  try {
    return new Set(schemasOf(options).map((schema) => (isStandardSchema(schema) ? 'standard' : 'plain')));
  } catch {
    return new Set(['plain']);
  }
}

function schemasOf(options: unknown): unknown[] {
  if (!isObject(options)) return [];
  const tools = isObject(options.tools) ? Object.values(options.tools) : [];
  const ofTools = tools.flatMap((tool) => (isObject(tool) ? [tool.input, tool.output] : []));
  return [options.schema, ...ofTools].filter((schema) => schema !== undefined);
}
