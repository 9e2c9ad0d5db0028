import { loadJSONSchemas, loadMetaSchemas } from '../schema/late-json-schema.ts';
import { kindsOfSchemas } from './given-schemas.ts';
import { type ParsedOptions, parseRunOptions } from './parse-options.ts';

/** Options of a run, with the query that goes with them. @throws {RLMError} (as a rejection) `invalid_options` */
export async function readRunOptions(query: unknown, options: unknown): Promise<ParsedOptions> {
  await readyToParse(options);
  return parseRunOptions(query, options);
}

/** Loads what is needed to parse these options, and not to parse most. */
export async function readyToParse(options: unknown): Promise<void> {
  const kinds = kindsOfSchemas(options);
  if (kinds.has('standard')) await loadMetaSchemas();
  if (kinds.has('plain')) await loadJSONSchemas();
}
