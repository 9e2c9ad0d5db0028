import type * as JSONSchemas from './json-schema.ts';

let loaded: typeof JSONSchemas | undefined;

/** Loads what checks JSON Schemas: it is large, and most runs have none. To be called before options with schemas are read. */
export async function loadJSONSchemas(): Promise<void> {
  loaded ??= await import('./json-schema.ts');
}

/** What {@link loadJSONSchemas} loaded. */
export function jsonSchemas(): typeof JSONSchemas {
  if (loaded === undefined) throw new TypeError('Schemas are read before what checks them was loaded.');
  return loaded;
}
