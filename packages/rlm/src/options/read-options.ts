import { isObject } from '../api/json.ts';
import { loadJSONSchemas } from '../schema/late-json-schema.ts';
import { type ParsedOptions, parseRunOptions } from './parse-options.ts';

/** Options of a run, with the query that goes with them. @throws {RLMError} (as a rejection) `invalid_options` */
export async function readRunOptions(query: unknown, options: unknown): Promise<ParsedOptions> {
  await readyToParse(options);
  return parseRunOptions(query, options);
}

/** Loads what is needed to parse these options, and not to parse most. */
export async function readyToParse(options: unknown): Promise<void> {
  if (mayHaveSchemas(options)) await loadJSONSchemas();
}

/** An option may throw when it is looked at: what is wrong with it is said when it is parsed. */
function mayHaveSchemas(options: unknown): boolean {
  try {
    return isObject(options) && (options.schema !== undefined || options.tools !== undefined);
  } catch {
    return true;
  }
}
