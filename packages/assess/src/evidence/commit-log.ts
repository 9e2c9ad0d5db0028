import type { ReadCommit } from './commit-objects.ts';
import type { Git } from './git.ts';
import type { Range } from './git-range.ts';
import { Pace } from './pace.ts';

/** An empty field begins a commit: no path is empty. */
const FORMAT = '--format=%x00%an <%ae>%x00%B';
/** No merges, for they show no file of their own; the order is that of the history, whatever the clocks said. */
const ORDER = ['--topo-order', '--reverse', '--no-merges'];
const FILES = ['--name-only', '-z', '--root', '--no-renames', '--no-relative', '-O/dev/null'];
/** Whatever the user's configuration has `log` show, or run, besides. */
const PLAIN = [
  '--encoding=UTF-8',
  '--no-color',
  '--no-decorate',
  '--no-ext-diff',
  '--no-mailmap',
  '--no-notes',
  '--no-show-signature',
  '--no-textconv',
];

/** The commits of a range, oldest first, as git tells them. @throws {WorkerError} */
export async function loggedCommits(git: Git, { base, head }: Range): Promise<ReadCommit[]> {
  const range = ['--end-of-options', `${base}..${head}`, '--'];
  const fields = await git.fields(['log', ...ORDER, ...FILES, ...PLAIN, FORMAT, ...range]);
  const commits: ReadCommit[] = [];
  const pace = new Pace(git.signal);
  for (let at = 0; at < fields.length; await pace.step()) {
    const [author = '', message = ''] = fields.slice(at + 1, at + 3).map(String);
    const files: Buffer[] = [];
    for (at += 3; at < fields.length && fields[at]?.length !== 0; at++) {
      const field = fields[at] ?? Buffer.alloc(0);
      // A line end stands between the message and the first path.
      files.push(files.length === 0 ? field.subarray(1) : field);
    }
    commits.push({ author, message, files });
  }
  return commits;
}
