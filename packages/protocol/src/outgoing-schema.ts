import type { z } from 'zod';
import { WorkerEvent } from './events.ts';
import { HostRequest } from './host-requests.ts';
import { protocolJsonSchema } from './json-schema.ts';
import { WorkerMessage } from './messages.ts';

type Definitions = Record<string, z.core.JSONSchema.JSONSchema>;

/**
 * What the worker says, as JSON Schema, without the envelope that whoever writes adds: `id` and `at` of an event, `id`
 * and `requestId` of a request.
 */
export function outgoingJsonSchema(): z.core.JSONSchema.JSONSchema {
  const whole = protocolJsonSchema();
  const definitions = structuredClone(whole.$defs ?? {}) as Definitions;
  const events = namesOf(WorkerEvent.options);
  const requests = namesOf(HostRequest.options);
  for (const name of events) dropFrom(definitions, name, ['id', 'at']);
  for (const name of requests) dropFrom(definitions, name, ['id', 'requestId']);
  const others = namesOf(WorkerMessage.options).filter((name) => !events.includes(name) && !requests.includes(name));
  definitions.HostRequest = unionOf('HostRequest', requests);
  definitions.WorkerEvent = unionOf('WorkerEvent', events);
  definitions.Outgoing = unionOf('Outgoing', [...others, 'HostRequest', 'WorkerEvent']);
  const reached = reachableFrom('Outgoing', definitions);
  const kept = Object.entries(definitions).filter(([name]) => reached.has(name));
  return { ...whole, $ref: '#/$defs/Outgoing', $defs: Object.fromEntries(kept) };
}

function namesOf(schemas: readonly z.ZodType[]): string[] {
  return schemas.map((schema) => String(schema.meta()?.id));
}

function dropFrom(definitions: Definitions, name: string, fields: readonly string[]): void {
  const { properties = {}, required = [] } = definitions[name] ?? {};
  for (const field of fields) delete properties[field];
  Object.assign(definitions[name] ?? {}, { required: required.filter((field) => !fields.includes(field)) });
}

function unionOf(title: string, names: readonly string[]): z.core.JSONSchema.JSONSchema {
  return { title, anyOf: names.map((name) => ({ $ref: `#/$defs/${name}` })) };
}

function reachableFrom(name: string, definitions: Definitions, reached = new Set<string>()): Set<string> {
  if (reached.has(name)) return reached;
  reached.add(name);
  for (const [, next = ''] of JSON.stringify(definitions[name]).matchAll(/"#\/\$defs\/(\w+)"/g)) {
    reachableFrom(next, definitions, reached);
  }
  return reached;
}
