import { show } from '@rlm-bridge/text';
import { RLMError } from '../api/errors.ts';
import type { RLMContext } from '../api/options.ts';

type FileRequest = Extract<RLMContext, { file: string; maxFileBytes?: number | undefined }>;
type FilesRequest = Extract<RLMContext, { files: unknown; cwd?: string | undefined }>;

/** What bounds the files of a context. */
export interface FileLimits {
  maxFiles: number;
  maxFileBytes: number;
  maxBytes: number;
}

/** What bounds a context of files. */
export interface ContextLimits extends FileLimits {
  /** Memory of the REPL, in MB; null where it is not known. */
  memoryMb: number | null;
}

/** Defaults of the same names in {@link RLMContext}: what a REPL with its default memory can hold. */
export const DEFAULT_FILE_LIMITS: FileLimits = { maxFiles: 50_000, maxFileBytes: 500_000_000, maxBytes: 1_000_000_000 };

const OF_A_FILE = ['file', 'maxFileBytes'];
const OF_FILES = ['files', 'cwd', 'followLinks', 'maxFiles', 'maxFileBytes', 'maxBytes'];

export function isFileRequest(context: object): context is FileRequest {
  return 'file' in context && typeof context.file === 'string' && hasOnly(context, OF_A_FILE);
}

export function isFilesRequest(context: object): context is FilesRequest {
  if (!('files' in context) || typeof context.files !== 'object' || context.files === null) return false;
  return hasOnly(context, OF_FILES);
}

/** @throws {RLMError} `context_unsupported_type` for a limit that is none. */
export function limitsOf(request: { [N in keyof FileLimits]?: FileLimits[N] | undefined }): FileLimits {
  const limits = { ...DEFAULT_FILE_LIMITS };
  for (const name of ['maxFiles', 'maxFileBytes', 'maxBytes'] as const) {
    const value = request[name];
    if (value === undefined) continue;
    if (!Number.isSafeInteger(value) || value < 1) {
      const rule = 'must be a whole number of at least 1';
      throw new RLMError('context_unsupported_type', `context.${name} ${rule}; it is ${show(value)}.`);
    }
    limits[name] = value;
  }
  return limits;
}

function hasOnly(context: object, names: readonly string[]): boolean {
  return Object.entries(context).every(([key, value]) => value === undefined || names.includes(key));
}
