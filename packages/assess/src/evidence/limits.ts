import { counted } from '@rlm-bridge/text';
import { WorkerError } from '../api/errors.ts';
import { type AssessOptions, DEFAULT_ASSESS_OPTIONS } from '../api/options.ts';
import type { Omitted } from '../api/worker-assessment.ts';

type Bounds = Pick<AssessOptions, 'maxFiles' | 'maxFileBytes' | 'maxBytes'>;

/** How much may be read for one worker. Everything is measured before it is read. */
export class ReadingLimits {
  readonly maxFileBytes: number;
  readonly #maxFiles: number;
  readonly #maxBytes: number;
  #files = 0;
  #bytes = 0;

  constructor(bounds: Bounds = {}) {
    this.maxFileBytes = bounds.maxFileBytes ?? DEFAULT_ASSESS_OPTIONS.maxFileBytes;
    this.#maxFiles = bounds.maxFiles ?? DEFAULT_ASSESS_OPTIONS.maxFiles;
    this.#maxBytes = bounds.maxBytes ?? DEFAULT_ASSESS_OPTIONS.maxBytes;
  }

  /** Counts a file that is about to be read. @throws {WorkerError} `evidence_too_large` */
  take(name: string, bytes: number): void {
    this.#files += 1;
    this.#bytes += bytes;
    if (bytes > this.maxFileBytes) {
      throw tooMuch(`${name} has ${bytes} bytes, more than ${this.maxFileBytes}`, 'maxFileBytes');
    }
    if (this.#files > this.#maxFiles)
      throw tooMuch(
        `There ${this.#maxFiles === 1 ? 'is' : 'are'} more than ${counted(this.#maxFiles, 'file')}`,
        'maxFiles',
      );
    if (this.#bytes > this.#maxBytes) {
      throw tooMuch(`With ${name} there are more than ${counted(this.#maxBytes, 'byte')} in all`, 'maxBytes');
    }
  }
}

function tooMuch(found: string, option: keyof Bounds): WorkerError {
  return new WorkerError('evidence_too_large', `${found}. Exclude what is not to be judged, or raise ${option}.`);
}

/** What bounds the collection of evidence. */
export interface Limits {
  maxFileChars: number;
  isExcluded: (name: string) => boolean;
  /** Whether a file, by its whole path, is the caller's own and nobody's work. */
  isNotWork: (path: string) => boolean;
  /** Whether links that lead out of the folder judged are followed. */
  followLinks: boolean;
  reading: ReadingLimits;
  signal: AbortSignal | undefined;
}

export function excluded(file: string): Omitted {
  return { file, reason: 'excluded', detail: 'excluded by the options' };
}

export function notWork(file: string): Omitted {
  return { file, reason: 'not_work', detail: 'written by the one who asks for the judgement' };
}
