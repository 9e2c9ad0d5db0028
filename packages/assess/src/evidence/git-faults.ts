import { WorkerError } from '../errors.ts';

/** Faults of the surroundings, which are no answer to any question: by what git says, what to do. */
const FAULTS: readonly [said: RegExp, what: (folder: string, found: string) => string][] = [
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
export function faultOf(said: string, folder: string): WorkerError | null {
  for (const [pattern, what] of FAULTS) {
    const match = pattern.exec(said);
    if (match !== null) return new WorkerError('evidence_unreadable', what(folder, match[1] ?? ''));
  }
  return null;
}
