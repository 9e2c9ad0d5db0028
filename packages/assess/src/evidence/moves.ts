import { posix } from 'node:path';
import { counted, visible } from '@rlm-bridge/text';
import { decodePath } from './decode-text.ts';
import { type EvidenceDocument, OTHER, plainLines } from './document.ts';
import { describe, type FileText } from './file-text.ts';
import { type Change, SYMLINK } from './git-changes.ts';

/** Folders by which a file is not, or is by itself, a part of what runs: a move between those and others makes it another thing. */
const ROLES =
  /^(?:\..*|__.*__|e2e|mocks?|tests?|testdata|testing|spec|fixtures?|samples?|examples?|docs?|vendor|third_party|generated)$/i;

/**
 * A text that got another path and is otherwise as it was, in one line; null: there is more to be shown. A file that is
 * called otherwise than before (`a.txt`, `a.js`), has another mode, or came into or out of a folder that says what its files
 * are for (`test`, `.github`), may be another thing: it is shown whole.
 */
export function moveOf({ status, before, after, isStaged = false }: Change, text: FileText | null): string | null {
  if (status !== 'renamed' || before === null || after === null || isStaged) return null;
  if (before.mode !== after.mode || before.blob === null || before.blob !== (after.blob ?? after.diskId)) return null;
  if (before.mode === SYMLINK || text?.kind !== 'text' || text.text === '') return null;
  const [from, to] = [decodePath(before.path), decodePath(after.path)];
  if (kindOf(from) !== kindOf(to)) return null;
  return `${visible(JSON.stringify(from))} to ${visible(JSON.stringify(to))}, ${describe(text)}`;
}

/** What the path of a file says that it is. */
function kindOf(path: string): string {
  const roles = posix
    .dirname(path)
    .split('/')
    .filter((folder) => folder !== '.' && ROLES.test(folder));
  return [posix.extname(path) || posix.basename(path), ...roles].join('/').toLowerCase();
}

/** All that was moved and not changed: a line for each, for its text says nothing that is new. */
export function movesDocument(moved: readonly string[]): EvidenceDocument {
  const facts = [`${counted(moved.length, 'file')} moved, from and to, with the text as it was`];
  return { name: `${OTHER}moves`, kind: 'moves', facts, lines: plainLines(moved) };
}
