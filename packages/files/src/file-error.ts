import type { Stats } from 'node:fs';
import { thrownText } from '@rlm-bridge/text';

/**
 * Why a file is not read. `special`: a pipe, a socket or a device. `changed`: it gave more or less than its size said,
 * as files do that grow, and those of `/proc`.
 */
export class FileError extends Error {
  override readonly name = 'FileError';
  readonly code: 'missing' | 'directory' | 'special' | 'too_large' | 'changed' | 'unreadable';

  constructor(code: FileError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** An error of the file system's own. */
  static of(path: string, cause: unknown): FileError {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return new FileError('missing', `No such file: ${path}`, { cause });
    return new FileError('unreadable', `${path} cannot be read (${thrownText(cause)})`, { cause });
  }

  /** What stands where a regular file should; undefined: it is one. */
  static ofKind(path: string, stats: Stats): FileError | undefined {
    if (stats.isFile()) return undefined;
    if (stats.isDirectory()) return new FileError('directory', `${path} is a directory`);
    return new FileError('special', `${path} is ${kindOf(stats)}, and no file that ends`);
  }
}

function kindOf(stats: Stats): string {
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}
