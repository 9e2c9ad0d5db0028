import { resolve } from 'node:path';
import { inspect } from 'node:util';
import type { ContextSource } from '@rlm-bridge/protocol';
import { RLMError } from '../errors.ts';
import type { RLMContext } from '../options.ts';
import { findFiles } from './find-files.ts';
import { isPlainObject, jsonPieces } from './json-pieces.ts';
import { type SpooledFile, spool } from './spool.ts';
import { checkTextFile } from './text-file.ts';
import { textPieces } from './text-pieces.ts';
import { requireWellFormed } from './well-formed.ts';

/** A context that can be run on. */
export interface PreparedContext {
  /**
   * Makes it readable by path: a value is written to a private file in `folder`, files stay where they are.
   * @throws {RLMError} with a code that starts with `context_`.
   */
  place(folder: string, signal: AbortSignal): Promise<PlacedContext>;
}

/** Where the worker reads the context, and how to remove what was written for it. */
export interface PlacedContext {
  source: ContextSource;
  dispose(): Promise<void>;
}

/**
 * Checks all of a context that can be checked without writing it.
 * @throws {RLMError} with a code that starts with `context_`.
 */
export async function prepareContext(context: RLMContext | undefined, signal: AbortSignal): Promise<PreparedContext> {
  if (typeof context === 'string') {
    requireWellFormed(context, 'context');
    return written('text', (folder, writing) =>
      spool(folder, `${crypto.randomUUID()}.txt`, textPieces(context), writing),
    );
  }
  if (typeof context !== 'object' || context === null) throw unsupported(`context is ${describe(context)}`);
  if (isFileRequest(context)) {
    const path = resolve(context.file);
    await checkTextFile(path, signal);
    return inPlace({ kind: 'text', path });
  }
  if (isFilesRequest(context)) {
    const files = await findFiles(context.files, resolve(context.cwd ?? '.'));
    for (const { path } of files) await checkTextFile(path, signal);
    return inPlace({ kind: 'files', files });
  }
  const value = requireListOrDict(context);
  return written('json', (folder, writing) => spool(folder, `${crypto.randomUUID()}.json`, jsonPieces(value), writing));
}

function written(
  kind: 'text' | 'json',
  write: (folder: string, signal: AbortSignal) => Promise<SpooledFile>,
): PreparedContext {
  return {
    place: async (folder, signal) => {
      const { path, dispose } = await write(folder, signal);
      return { source: { kind, path }, dispose };
    },
  };
}

function inPlace(source: ContextSource): PreparedContext {
  return { place: async () => ({ source, dispose: async () => {} }) };
}

function requireListOrDict(context: unknown): readonly unknown[] | object {
  if (Array.isArray(context)) {
    const index = context.findIndex((item) => typeof item !== 'string');
    if (index === -1) return context;
    throw unsupported(`context[${index}] is ${describe(context[index])}; a list context holds strings only`);
  }
  if (isPlainObject(context)) return context;
  throw unsupported(`context is ${describe(context)}`);
}

function unsupported(fault: string): RLMError {
  const advice = 'Pass a string, a list of strings, an object of JSON values, { file } or { files }';
  return new RLMError('context_unsupported_type', `${fault}. ${advice}.`);
}

function isFileRequest(context: object): context is { file: string } {
  return 'file' in context && typeof context.file === 'string' && Object.keys(context).length === 1;
}

function isFilesRequest(context: object): context is Extract<RLMContext, { files: unknown; cwd?: string }> {
  if (!('files' in context) || typeof context.files !== 'object' || context.files === null) return false;
  return Object.keys(context).every((key) => key === 'files' || key === 'cwd');
}

function describe(value: unknown): string {
  return inspect(value, { depth: 0, maxStringLength: 60 });
}
