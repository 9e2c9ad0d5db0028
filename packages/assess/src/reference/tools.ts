import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { thrownText } from '@rlm-bridge/text';
import { PATHS, type ReferenceTree } from './reference-tree.ts';

/** Most of one answer: names, hits, characters of a hit, lines of a file. */
const MAX_NAMES = 500;
const MAX_HITS = 100;
const MAX_HIT_CHARS = 240;
const MAX_LINES = 400;
const MAX_LINE_CHARS = 2_000;

/** What a judge may ask of the reference. */
export type Question =
  | { tool: 'reference_list'; folder: string }
  | { tool: 'reference_grep'; text: string; folder: string }
  | { tool: 'reference_read'; file: string; startLine: number; endLine: number };

/** An answer; it throws what a model should be told. */
export async function answerTo(question: Question, tree: ReferenceTree): Promise<unknown> {
  switch (question.tool) {
    case 'reference_list':
      return await list(tree, pathOf(question.folder));
    case 'reference_grep':
      return await grep(tree, question.text, pathOf(question.folder));
    case 'reference_read':
      return await read(tree, pathOf(question.file), question.startLine, question.endLine);
  }
}

/** What a question came to, told by its hash: what was found, or that it was not. */
export async function answerHash(question: Question, tree: ReferenceTree): Promise<string> {
  try {
    return hashOf(await answerTo(question, tree));
  } catch (error) {
    return hashOf([thrownText(error)]);
  }
}

export function hashOf(answer: unknown): string {
  return createHash('sha256').update(JSON.stringify(answer)).digest('hex');
}

/** A path in the tree. Nothing that it could lead out to is there; the error says so. */
function pathOf(path: string): string {
  const parts = path
    .replace(/^(?:\.\/)+/, '')
    .replace(/\/+$/, '')
    .split('/');
  const isOutside = path.startsWith('/') || parts.includes('..') || parts[0] === '.git' || path.includes('\0');
  if (isOutside) throw new Error(`${JSON.stringify(path)} is outside. ${PATHS}`);
  return parts.join('/') === '.' ? '' : parts.join('/');
}

async function list(tree: ReferenceTree, folder: string): Promise<unknown> {
  const names = await tree.names();
  const inside = folder === '' ? names : names.filter((name) => name.startsWith(`${folder}/`));
  if (inside.length === 0) throw new Error(`There is no folder ${JSON.stringify(folder)} here. ${PATHS}`);
  const rest = inside.map((name) => (folder === '' ? name : name.slice(folder.length + 1)));
  const files = rest.filter((name) => !name.includes('/'));
  const below = Map.groupBy(
    rest.filter((name) => name.includes('/')),
    (name) => name.split('/')[0] ?? '',
  );
  const folders = [...below].map(([name, all]) => ({ name, files: all.length }));
  return {
    folders: folders.slice(0, MAX_NAMES),
    files: files.slice(0, MAX_NAMES),
    more: Math.max(0, folders.length - MAX_NAMES) + Math.max(0, files.length - MAX_NAMES),
  };
}

async function grep(tree: ReferenceTree, text: string, folder: string): Promise<unknown> {
  if (/[\n\0]/.test(text)) throw new Error('One line is looked for: the text must hold no line end.');
  const { hits, isCut } = await tree.search(text, folder);
  const shown = hits.slice(0, MAX_HITS).map((hit) => ({ ...hit, text: hit.text.slice(0, MAX_HIT_CHARS) }));
  return { hits: shown, more: isCut || hits.length > MAX_HITS };
}

async function read(tree: ReferenceTree, file: string, startLine: number, endLine: number): Promise<unknown> {
  const lines = await tree.lines(file);
  const last = Math.min(endLine, startLine + MAX_LINES - 1, lines.length);
  const shown = lines.slice(startLine - 1, last).map((text, at) => ({
    line: startLine + at,
    text: text.length <= MAX_LINE_CHARS ? text : `${text.slice(0, MAX_LINE_CHARS)}…`,
  }));
  return { file: posix.normalize(file), lines: shown, of: lines.length };
}
