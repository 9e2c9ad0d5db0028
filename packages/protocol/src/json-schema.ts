import { z } from 'zod';
import { DockerOptions, LandlockOptions, LocalOptions } from './environment-options.ts';
import { JournalLine } from './journal-line-schema.ts';
import { Recorded } from './journal-requests.ts';
import { HostMessage, WorkerMessage } from './messages.ts';
import { RunSecrets } from './run-spec.ts';

/** What the worker reads: a line of any channel, and what a field of one may hold; only a root for the schema. */
const Incoming = z
  .union([HostMessage, RunSecrets, Recorded, DockerOptions, LandlockOptions, LocalOptions])
  .register(z.globalRegistry, { id: 'Incoming' });

/** What may stand on a line of any channel, and what a record on one may be; only a root for the schema. */
const Line = z
  .union([HostMessage, WorkerMessage, RunSecrets, Recorded, DockerOptions, LandlockOptions, LocalOptions])
  .register(z.globalRegistry, { id: 'Line' });

/** The wire as JSON Schema: every named type a titled definition, every union told apart by its discriminator. */
export function protocolJsonSchema(): z.core.JSONSchema.JSONSchema {
  return jsonSchemaOf(Line);
}

/** Of the wire, what the worker reads. */
export function incomingJsonSchema(): z.core.JSONSchema.JSONSchema {
  return jsonSchemaOf(Incoming);
}

/** Of the wire, what the worker writes, whole. */
export function workerJsonSchema(): z.core.JSONSchema.JSONSchema {
  return jsonSchemaOf(WorkerMessage);
}

/** The lines of a journal as JSON Schema. */
export function journalJsonSchema(): z.core.JSONSchema.JSONSchema {
  return jsonSchemaOf(JournalLine);
}

function jsonSchemaOf(schema: z.ZodType): z.core.JSONSchema.JSONSchema {
  return z.toJSONSchema(schema, {
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
