import type * as JSONSchemas from './json-schema.ts';
import type * as MetaSchemas from './meta-schema.ts';

let meta: typeof MetaSchemas | undefined;
let plain: typeof JSONSchemas | undefined;

/** Loads what checks that something is a JSON Schema. To be called before options with schemas are read; most runs have none. */
export async function loadMetaSchemas(): Promise<void> {
  meta ??= await import('./meta-schema.ts');
}

/** Loads what checks values against a JSON Schema besides: it is large, and the schemas of libraries do that themselves. */
export async function loadJSONSchemas(): Promise<void> {
  await loadMetaSchemas();
  plain ??= await import('./json-schema.ts');
}

/** What {@link loadMetaSchemas} loaded. */
export function metaSchemas(): typeof MetaSchemas {
  return required(meta);
}

/** What {@link loadJSONSchemas} loaded. */
export function jsonSchemas(): typeof JSONSchemas {
  return required(plain);
}

function required<T>(loaded: T | undefined): T {
  if (loaded === undefined) throw new TypeError('Schemas are read before what checks them was loaded.');
  return loaded;
}
