import { manyAtOnce } from '@rlm-bridge/files';
import type { NamedFile } from './find-files.ts';

/** Files that are read at a time; each may hold a megabyte. */
const AT_ONCE = 16;

/** What `read` gives for each file, in their order; the first failure, in that order, ends it. */
export function readEach<Found>(
  files: readonly NamedFile[],
  read: (file: NamedFile) => Promise<Found>,
): AsyncIterable<Found> {
  return manyAtOnce(files, read, AT_ONCE);
}
