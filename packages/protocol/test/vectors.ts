import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { HostMessage, RunSecrets, WorkerMessage } from '../src/index.ts';

const folder = join(import.meta.dirname, '../vectors');

/** The folder of each kind of line (a message's `type`, or `secrets`) and the schema that reads it. */
export const schemas = new Map<string, z.ZodType>([
  ...typesOf(HostMessage).map((type) => [type, HostMessage] as const),
  ...typesOf(WorkerMessage).map((type) => [type, WorkerMessage] as const),
  ['secrets', RunSecrets],
]);

export interface Vector {
  type: string;
  case: string;
  json: unknown;
}

export function readVectors(kind: 'accept' | 'reject'): Vector[] {
  return readdirSync(join(folder, kind)).flatMap((type) =>
    readdirSync(join(folder, kind, type)).map((file) => ({
      type,
      case: file.replace(/\.json$/, ''),
      json: JSON.parse(readFileSync(join(folder, kind, type, file), 'utf8')),
    })),
  );
}

/** One step of a transcript: a `message` of the protocol, a `line` that is none, or what the scripted model says. */
export interface TranscriptLine {
  from: 'host' | 'secrets' | 'worker' | 'model';
  message?: Record<string, unknown>;
  line?: string;
}

export function readTranscripts(): Map<string, TranscriptLine[]> {
  const files = readdirSync(join(folder, 'transcripts'));
  return new Map(
    files.map((file) => {
      const lines = readFileSync(join(folder, 'transcripts', file), 'utf8')
        .trimEnd()
        .split('\n');
      return [file.replace(/\.ndjson$/, ''), lines.map((line) => JSON.parse(line) as TranscriptLine)];
    }),
  );
}

function typesOf(union: typeof HostMessage | typeof WorkerMessage): string[] {
  return union.options.map((option) => option.shape.type.value);
}
