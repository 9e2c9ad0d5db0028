import type { Texts } from './work-versions.ts';

/** A commit to make. */
export interface NewCommit {
  /** The ref that is to name it. */
  ref: string;
  message: string;
  /** The ref of its parent; null: its files are those of `tree`, and it has none. */
  parent: string | null;
  /** Files that are other than there; executable ones among them. */
  files: Texts;
}

/** A time that is the same for equal plants. */
const WHO = 'rlm calibrate <calibrate@rlm-bridge.invalid> 1767225600 +0000';

/** What `git fast-import` is told to make commits over a tree. `modes`: those of files that are there. */
export function importStream(commits: readonly NewCommit[], tree: string, modes: ReadonlyMap<string, string>): string {
  return commits
    .map(({ ref, message, parent, files }) =>
      [
        `commit ${ref}`,
        `committer ${WHO}`,
        data(message),
        ...(parent === null ? [`M 040000 ${tree} ""`] : [`from ${parent}`]),
        ...[...files].map(([path, text]) => `M ${modes.get(path) ?? '100644'} inline ${quoted(path)}\n${data(text)}`),
        '',
      ].join('\n'),
    )
    .join('');
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}`;
}

/** A path that begins with a quote, or holds what ends a line, is written as git writes it. */
function quoted(path: string): string {
  return /^"|\n/.test(path) ? `"${path.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"` : path;
}
