import { posix } from 'node:path';
import { counted } from '../text/counted.ts';
import { visible } from '../text/visible-text.ts';
import { decodePath } from './decode-text.ts';
import { type EvidenceDocument, OTHER, plainLines } from './document.ts';
import { describe, type FileText } from './file-text.ts';
import { type Change, SYMLINK } from './git-changes.ts';

/**
 * A text that got another path and is otherwise as it was, in one line; null: there is more to be shown. A file that is
 * called otherwise than before (`a.txt`, `a.js`), or has another mode, may be another thing: it is shown whole.
 */
export function moveOf({ status, before, after, isStaged = false }: Change, text: FileText | null): string | null {
  if (status !== 'renamed' || before === null || after === null || isStaged) return null;
  if (before.mode !== after.mode || before.blob === null || before.blob !== (after.blob ?? after.diskId)) return null;
  if (before.mode === SYMLINK || text?.kind !== 'text' || text.text === '') return null;
  const [from, to] = [decodePath(before.path), decodePath(after.path)];
  if (kindOf(from) !== kindOf(to)) return null;
  return `${visible(JSON.stringify(from))} to ${visible(JSON.stringify(to))}, ${describe(text)}`;
}

/** What the name of a file says of it: `.ts`; of one without an ending, its name. */
function kindOf(path: string): string {
  return posix.extname(path) || posix.basename(path);
}

/** All that was moved and not changed: a line for each, for its text says nothing that is new. */
export function movesDocument(moved: readonly string[]): EvidenceDocument {
  const facts = [`${counted(moved.length, 'file')} moved, from and to, with the text as it was`];
  return { name: `${OTHER}moves`, kind: 'moves', facts, lines: plainLines(moved) };
}
