import { z } from 'zod';
import { DockerOptions, LocalOptions } from './environment-options.ts';
import { HostMessage, WorkerMessage } from './messages.ts';
import { RunSecrets } from './run-spec.ts';

/** What may stand on a line of any channel, and what a record on one may be; only a root for the schema. */
const Line = z.union([HostMessage, WorkerMessage, RunSecrets, DockerOptions, LocalOptions]).meta({ id: 'Line' });

/** The wire as JSON Schema: every named type a titled definition, every union told apart by its discriminator. */
export function protocolJsonSchema(): z.core.JSONSchema.JSONSchema {
  return z.toJSONSchema(Line, {
    io: 'input', // what has a default may be left out
    override: ({ zodSchema, jsonSchema }) => {
      const { def } = zodSchema._zod;
      if (jsonSchema.id !== undefined) jsonSchema.title = jsonSchema.id;
      if (def.type === 'union' && 'discriminator' in def) {
        jsonSchema.discriminator = { propertyName: def.discriminator };
      }
    },
  });
}
