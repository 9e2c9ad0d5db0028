import { WorkerError } from '../api/errors.ts';

/** Errors of the surroundings, which are no answer to any question: by what git says, what to do. */
const ERRORS: readonly [stderr: RegExp, message: (folder: string, found: string) => string][] = [
  [
    /(?:dubious ownership|unsafe repository)[^']*'([^']+)'|dubious ownership/,
    (folder, found) =>
      `git does not read ${found || folder}, for it belongs to another user (dubious ownership). If you trust it: ` +
      `git config --global --add safe.directory '${found || folder}'`,
  ],
  [
    /promisor remote|partial clone/,
    (folder) =>
      `${folder} is a partial clone, and content that is to be judged was not fetched. Fetch it: ` +
      'git fetch --refetch --no-filter (or clone without --filter).',
  ],
];

/** Null: what went wrong is for the caller to understand. */
export function knownError(stderr: string, folder: string): WorkerError | null {
  for (const [pattern, message] of ERRORS) {
    const match = pattern.exec(stderr);
    if (match !== null) return new WorkerError('evidence_unreadable', message(folder, match[1] ?? ''));
  }
  return null;
}
