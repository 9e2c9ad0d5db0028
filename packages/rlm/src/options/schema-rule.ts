import { thrownText } from '@rlm-bridge/text';
import { z } from 'zod';
import { type ReadSchema, readSchema } from '../schema/read-schema.ts';

/** The rule of an option that is a schema, which is compiled here and nowhere else. */
export const schema = z.unknown().transform((value, context): ReadSchema => {
  try {
    return readSchema(value);
  } catch (error) {
    context.issues.push({ code: 'custom', message: `must ${thrownText(error)}`, input: value });
    return z.NEVER;
  }
});
