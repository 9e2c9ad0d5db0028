import { type Look, manyAtOnce } from '@rlm-bridge/files';

/** Files that are read at a time; each may hold a megabyte. */
const AT_ONCE = 16;

/** What `read` gives for each file, in their order; the first failure, in that order, ends it. */
export function readEach<File extends { path: string }, Found>(
  files: readonly File[],
  read: Look<File, Found>,
): AsyncIterable<Found> {
  return manyAtOnce(files, read, AT_ONCE);
}
