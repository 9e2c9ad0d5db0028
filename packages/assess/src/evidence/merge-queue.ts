import { z } from 'zod';
import { WorkerError } from '../api/errors.ts';

/** Finished work that waits to be merged. */
export interface MergeRequest {
  branch: string;
  target: string | undefined;
}

/** What `gt mq list <rig> --json` prints: issues, or null for none. All about a request is in the text of its issue. */
const Issues = z.array(z.object({ status: z.string().optional(), description: z.string().optional() })).nullable();

/**
 * The requests of a worker that are not closed, each branch once.
 * @throws {WorkerError} for anything else: work that is not seen here would not be judged.
 */
export function mergeRequests(queue: unknown, { rig, worker }: { rig: string; worker: string }): MergeRequest[] {
  const issues = Issues.safeParse(queue);
  if (!issues.success) {
    throw new WorkerError('evidence_unreadable', `gt mq list ${rig} --json printed what is not known here.`);
  }
  const requests = new Map<string, MergeRequest>();
  for (const { status, description = '' } of issues.data ?? []) {
    const fields = fieldsOf(description);
    const branch = fields.get('branch');
    if (status === 'closed' || branch === undefined) continue;
    if (!isSame(fields.get('rig') ?? rig, rig) || !isSame(workerOf(fields, branch), worker)) continue;
    requests.set(branch, { branch, target: fields.get('target') });
  }
  return [...requests.values()];
}

/** Lines of `key: value`, with prose between them; the last of a key counts. */
function fieldsOf(description: string): Map<string, string> {
  const lines = description.split('\n').flatMap((line) => {
    const [, key, value] = /^\s*([\w-]+)\s*:\s*(.*\S)\s*$/.exec(line) ?? [];
    return key === undefined || value === undefined ? [] : [[key.toLowerCase(), value] as const];
  });
  return new Map(lines);
}

/** The worker that a field names, else the name of the branch: `polecat/<worker>/<issue>`, `polecat/<worker>-<time>`. */
function workerOf(fields: ReadonlyMap<string, string>, branch: string): string {
  const named = fields.get('worker')?.split('/').at(-1);
  const [, long, short] = /^polecat\/(?:([^/]+)\/|(.+)-[^-]+$)/.exec(branch) ?? [];
  return named ?? long ?? short ?? '';
}

/** Gas Town does not tell upper and lower case apart in names. */
function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
