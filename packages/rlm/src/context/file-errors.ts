import { FileError } from '@rlm-bridge/files';
import type { RLMErrorCode } from '../api/codes.ts';
import { RLMError } from '../api/errors.ts';

/** What is wrong with a file of a context, and what to do. Anything that is no error of a file's stays as it is. */
export function toContextError(error: unknown): unknown {
  if (!(error instanceof FileError)) return error;
  const [code, advice] = ADVICE[error.code];
  return new RLMError(code, `${error.message}. ${advice}.`, { cause: error });
}

const ADVICE: Record<FileError['code'], [code: RLMErrorCode, advice: string]> = {
  missing: ['context_not_found', 'Check the path'],
  directory: ['context_is_directory', "To take its files, pass { files: ['**'], cwd }"],
  special: ['context_not_a_file', 'Read from it yourself, and pass the text'],
  too_large: ['context_too_large', 'Pass less'],
  changed: ['context_unreadable', 'Pass a copy that stays as it is'],
  unreadable: ['context_unreadable', 'Check its permissions'],
};

/** More than a limit allows; `limit` is its name in the context. */
export function tooMuch(code: 'context_too_large' | 'context_too_many_files', found: string, limit: string): RLMError {
  return new RLMError(code, `${found}. Pass less, or raise ${limit} of the context.`);
}
