import { counted } from '../text/counted.ts';
import { visible, visibleLines } from '../text/visible-text.ts';
import { decodePath } from './decode-text.ts';
import { type EvidenceDocument, OTHER, plainLines } from './document.ts';
import type { Git } from './git.ts';
import type { Range } from './git-range.ts';

const FIELDS = ['%H', '%an <%ae>', '%aI', '%B'];

/** The commits of a range, oldest first, with their files; null when there are none. */
export async function commitsDocument(git: Git, { base, head }: Range): Promise<EvidenceDocument | null> {
  const format = `--format=${FIELDS.join('%x00')}`;
  const range = ['--end-of-options', `${base}..${head}`, '--'];
  const fields = await git.fields([
    'log',
    '-z',
    '--reverse',
    '--no-show-signature',
    '--no-color',
    '--encoding=UTF-8',
    format,
    ...range,
  ]);
  const lines: string[] = [];
  for (let at = 0; at < fields.length; at += FIELDS.length) {
    const [id = '', author = '', date = '', message = ''] = fields.slice(at, at + FIELDS.length).map(String);
    lines.push(`commit ${id}`, `author ${visible(author)}`, `date ${date}`, ...visibleLines(message.trimEnd()));
    const files = await git.fields(['diff-tree', '-r', '--root', '--no-commit-id', '--name-only', '-z', id, '--']);
    lines.push('files:', ...files.map((path) => `  ${visible(decodePath(path))}`), '');
  }
  if (lines.length === 0) return null;
  const count = fields.length / FIELDS.length;
  return { name: `${OTHER}commits`, kind: 'commits', facts: [counted(count, 'commit')], lines: plainLines(lines) };
}
