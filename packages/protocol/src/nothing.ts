import { z } from 'zod';

/** What nothing may be, the likeliest first. */
const NOTHINGS: readonly unknown[] = [null, 0, '', false, [], {}];

export type Fields = Readonly<Record<string, z.ZodType>>;

/** What each field is that says nothing: of a field that always says something there is none. */
export function nothingsOf(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, schema]) => {
      const nothing = schema instanceof z.ZodObject ? nothingsOf(schema.shape) : nothingOf(schema);
      return nothing === undefined ? [] : [[name, nothing]];
    }),
  );
}

function nothingOf(schema: z.ZodType): unknown {
  return NOTHINGS.find((value) => schema.safeParse(value).success);
}

/** The object of these fields, of which those named in `unsaid` may be left out: they are then what stands there. */
export function sparse(fields: Fields, unsaid: object): z.ZodObject {
  const all = Object.entries(fields).map(([name, schema]): [string, z.ZodType] => {
    if (!Object.hasOwn(unsaid, name)) return [name, schema];
    const inner = (unsaid as Record<string, object | undefined>)[name];
    if (schema instanceof z.ZodObject) return [name, sparse(schema.shape, inner ?? unknowns(schema.shape)).optional()];
    return [name, inner === undefined ? schema.optional() : schema.default(inner)];
  });
  return z.strictObject(Object.fromEntries(all));
}

function unknowns(fields: Fields): object {
  return Object.fromEntries(Object.keys(fields).map((name) => [name, undefined]));
}
