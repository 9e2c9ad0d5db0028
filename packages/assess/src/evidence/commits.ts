import { counted, visible, visibleLines } from '@rlm-bridge/text';
import { decodePath } from './decode-text.ts';
import { type EvidenceDocument, OTHER, plainLines } from './document.ts';
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

/**
 * The commits of a range, oldest first, with their files; null when there are none. It says nothing that another clone, an
 * amended or a rebased commit of the same work would say otherwise: no id and no date.
 */
export async function commitsDocument(git: Git, { base, head }: Range): Promise<EvidenceDocument | null> {
  if (base === head) return null;
  const range = ['--end-of-options', `${base}..${head}`, '--'];
  const fields = await git.fields(['log', ...ORDER, ...FILES, ...PLAIN, FORMAT, ...range]);
  if (fields.length === 0) return null;
  const lines: string[] = [];
  const pace = new Pace(git.signal);
  let count = 0;
  for (let at = 0; at < fields.length; await pace.step()) {
    const [author, message] = fields.slice(at + 1, at + 3).map(String);
    lines.push(`commit ${++count}`, `author ${visible(author ?? '')}`, ...visibleLines((message ?? '').trimEnd()));
    lines.push('files:');
    for (at += 3; at < fields.length && fields[at]?.length !== 0; at++) {
      const field = fields[at] ?? Buffer.alloc(0);
      // A line end stands between the message and the first path.
      const path = lines.at(-1) === 'files:' ? field.subarray(1) : field;
      lines.push(`  ${visible(decodePath(path))}`);
    }
    lines.push('');
  }
  return { name: `${OTHER}commits`, kind: 'commits', facts: [counted(count, 'commit')], lines: plainLines(lines) };
}
