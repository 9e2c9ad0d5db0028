import { thrownText } from '@rlm-bridge/callbacks';
import { z } from 'zod';
import { readSchema } from '../schema/read-schema.ts';

/** The rule of an option that is a schema. */
export const schema: z.ZodType = z.unknown().check(({ value, issues }) => {
  try {
    readSchema(value);
  } catch (error) {
    issues.push({ code: 'custom', message: `must ${thrownText(error)}`, input: value });
  }
});
