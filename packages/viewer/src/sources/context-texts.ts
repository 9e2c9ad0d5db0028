import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { thrownText } from '@rlm-bridge/text';
import type { RunStore } from 'rlm-bridge';
import type { RLMRecordedContext } from 'rlm-bridge/journal';

/** A larger context is not loaded. */
const MOST_BYTES = 400_000_000;

/** The documents of a context as they were; a text is null where it is not there any more, or is another one now. */
export interface ContextTexts {
  documents: { name: string | null; text: string | null }[];
  /** Why there are fewer texts than documents, for a person; null: all are there. */
  missing: string | null;
}

/** Finds the context of a run: in its store, or in the caller's own files. Does not reject for what is not there. */
export async function contextTexts(store: RunStore, runId: string, context: RLMRecordedContext): Promise<ContextTexts> {
  const size = 'bytes' in context ? context.bytes : context.chars;
  if (size > MOST_BYTES) return { documents: [], missing: `The context is larger than ${MOST_BYTES} bytes.` };
  switch (context.kind) {
    case 'text':
    case 'json': {
      try {
        const text = decoded(Buffer.concat(await Array.fromAsync(store.readBlob(runId, context.sha256))));
        return {
          documents: context.kind === 'text' ? [{ name: null, text }] : valuesOf(JSON.parse(text)),
          missing: null,
        };
      } catch (error) {
        return { documents: [], missing: `The context is not in the store any more: ${thrownText(error)}` };
      }
    }
    case 'file':
      return await filesOf([{ ...context, name: null }]);
    case 'files':
      return await filesOf(context.files);
  }
}

async function filesOf(files: readonly { name: string | null; path: string; sha256: string }[]): Promise<ContextTexts> {
  const documents: ContextTexts['documents'] = [];
  const gone: string[] = [];
  for (const { name, path, sha256 } of files) {
    const text = await fileText(path, sha256);
    if (text === null) gone.push(path);
    documents.push({ name, text });
  }
  const [first] = gone;
  if (first === undefined) return { documents, missing: null };
  const others = gone.length === 1 ? '' : ` and ${gone.length - 1} more`;
  return { documents, missing: `Not there any more, or changed since the run read it: ${first}${others}.` };
}

async function fileText(path: string, sha256: string): Promise<string | null> {
  try {
    const { size } = await stat(path);
    const content = size > MOST_BYTES ? null : await readFile(path);
    if (content === null || createHash('sha256').update(content).digest('hex') !== sha256) return null;
    return decoded(content);
  } catch {
    return null;
  }
}

function decoded(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** A document for each item of a list, or value of an object: what is no text is one as Python's `json.dumps` has it. */
function valuesOf(value: unknown): ContextTexts['documents'] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([name, item]) => ({ name, text: typeof item === 'string' ? item : dumped(item) }));
}

function dumped(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(dumped).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, item]) => `${JSON.stringify(name)}: ${dumped(item)}`)
    .join(', ')}}`;
}
