import { resolve } from 'node:path';
import type { ContextSource, JournalContext } from '@rlm-bridge/protocol';
import { show } from '@rlm-bridge/text';
import { RLMError } from '../api/errors.ts';
import type { RLMContext } from '../api/options.ts';
import { identifyFile, identifyFiles, identifyValue, type TakeContent } from './content-hash.ts';
import { toContextError } from './file-errors.ts';
import { type ContextLimits, isFileRequest, isFilesRequest, limitsOf } from './file-request.ts';
import { findFiles, type NamedFile, unfollowedLinks } from './find-files.ts';
import { isPlainObject, jsonPieces } from './json-pieces.ts';
import { measureFiles } from './measure-files.ts';
import { spool } from './spool.ts';
import { checkTextFiles } from './text-file.ts';
import { textPieces } from './text-pieces.ts';
import { requireWellFormed } from './well-formed.ts';

/** A context that can be run on. */
export interface PreparedContext {
  /** What the caller should know of it, each in a sentence. */
  readonly remarks: readonly string[];
  /**
   * What it is known again by; `take` is given the content of a value, files are read where they lie.
   * @throws {RLMError} with a code that starts with `context_`, and what `take` throws.
   */
  identify(take: TakeContent, signal: AbortSignal): Promise<JournalContext>;
  /**
   * Makes it readable by path: a value is written to a private file in `folder`, files stay where they are.
   * @throws {RLMError} with a code that starts with `context_`.
   */
  stage(folder: string, signal: AbortSignal): Promise<StagedContext>;
}

/** Where the worker reads the context, and how to remove what was written for it. */
export interface StagedContext {
  source: ContextSource;
  dispose(): Promise<void>;
}

/**
 * Checks all of a context that can be checked without writing it. `memoryMb`: of the REPL that is to hold it, if known.
 * @throws {RLMError} with a code that starts with `context_`.
 */
export async function prepareContext(
  context: RLMContext | undefined,
  signal: AbortSignal,
  memoryMb: number | null = null,
): Promise<PreparedContext> {
  if (typeof context === 'string') {
    requireWellFormed(context, 'context');
    return written('text', () => textPieces(context));
  }
  if (typeof context !== 'object' || context === null) throw unsupported(`context is ${show(context)}`);
  if (isFileRequest(context)) {
    const path = resolve(context.file);
    const { maxFileBytes } = limitsOf(context);
    const limits = { maxFiles: 1, maxFileBytes, maxBytes: maxFileBytes, memoryMb };
    await checkFiles([{ name: '', path }], limits, signal);
    return inPlace({ kind: 'text', path }, [], (reading) => identifyFile(path, reading));
  }
  if (isFilesRequest(context)) {
    const cwd = resolve(context.cwd ?? '.');
    const limits = { ...limitsOf(context), memoryMb };
    const request = { files: context.files, cwd, followLinks: context.followLinks === true };
    const { files, unfollowed } = await findFiles(request, signal);
    await checkFiles(files, limits, signal);
    const remarks = unfollowed.length > 0 ? [unfollowedLinks(unfollowed, cwd)] : [];
    return inPlace({ kind: 'files', files }, remarks, (reading) => identifyFiles(files, reading));
  }
  const value = requireListOrDict(context);
  return written('json', () => jsonPieces(value));
}

function written(kind: 'text' | 'json', pieces: () => Iterable<string>): PreparedContext {
  return {
    remarks: [],
    identify: (take, signal) => identifyValue(kind, pieces(), take, signal),
    stage: async (folder, signal) => {
      const name = `${crypto.randomUUID()}.${kind === 'text' ? 'txt' : 'json'}`;
      const { path, dispose } = await spool(folder, name, pieces(), signal);
      return { source: { kind, path }, dispose };
    },
  };
}

/** All are measured before the first is read. */
async function checkFiles(files: readonly NamedFile[], limits: ContextLimits, signal: AbortSignal): Promise<void> {
  try {
    await measureFiles(files, limits, signal);
    await checkTextFiles(files, signal);
  } catch (error) {
    throw toContextError(error);
  }
}

function inPlace(
  source: ContextSource,
  remarks: readonly string[],
  identify: (signal: AbortSignal) => Promise<JournalContext>,
): PreparedContext {
  return {
    remarks,
    identify: async (_, signal) => {
      try {
        return await identify(signal);
      } catch (error) {
        throw toContextError(error);
      }
    },
    stage: async () => ({ source, dispose: async () => {} }),
  };
}

function requireListOrDict(context: unknown): readonly unknown[] | object {
  if (Array.isArray(context)) {
    const index = context.findIndex((item) => typeof item !== 'string');
    if (index === -1) return context;
    throw unsupported(`context[${index}] is ${show(context[index])}; a list context holds strings only`);
  }
  if (isPlainObject(context)) return context;
  throw unsupported(`context is ${show(context)}`);
}

function unsupported(issue: string): RLMError {
  const advice = 'Pass a string, a list of strings, an object of JSON values, { file } or { files }';
  return new RLMError('context_unsupported_type', `${issue}. ${advice}.`);
}
