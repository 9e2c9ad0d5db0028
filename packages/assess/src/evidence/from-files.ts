import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { glob } from 'tinyglobby';
import { WorkerError } from '../errors.ts';
import type { Omitted } from '../result.ts';
import { decodeText } from './decode-text.ts';
import { type DocumentKind, type Evidence, type EvidenceDocument, OTHER, plainLines } from './document.ts';
import { fileDocument } from './file-document.ts';
import type { Limits } from './limits.ts';
import { visible, visibleLines } from './visible-text.ts';

/** Whole files by globs, in git or not. */
export async function fromFiles(patterns: readonly string[], cwd: string, limits: Limits): Promise<Evidence> {
  const documents: EvidenceDocument[] = [];
  const omitted: Omitted[] = [];
  for (const { name, path } of await findFiles(patterns, cwd)) {
    if (limits.isExcluded(name)) {
      omitted.push({ file: name, reason: 'excluded', detail: 'excluded by the options' });
      continue;
    }
    const bytes = await read(path);
    const text = decodeText(bytes);
    const after = text === null ? { kind: 'binary' as const, bytes: bytes.length } : { kind: 'text' as const, ...text };
    const { document, omission } = fileDocument({ name, facts: [], before: null, after }, limits.maxFileChars);
    // Whole files were not added by anybody: their lines carry no mark.
    if (document !== null) documents.push({ ...document, lines: document.lines.map(unmarked) });
    if (omission !== null) omitted.push(omission);
  }
  return { documents, omitted };
}

const unmarked = (line: EvidenceDocument['lines'][number]) => ({ ...line, mark: ' ' as const });

/** Transcripts or logs by globs, one document each. */
export async function fromLogs(
  patterns: readonly string[],
  cwd: string,
  kind: Extract<DocumentKind, 'log' | 'transcript'>,
): Promise<EvidenceDocument[]> {
  const files = await findFiles(patterns, cwd);
  return await Promise.all(
    files.map(async ({ name, path }) => {
      const decoded = decodeText(await read(path));
      if (decoded === null) throw new WorkerError('evidence_unreadable', `${path} is no text.`);
      const lines = plainLines(visibleLines(decoded.text));
      return { name: `${OTHER}${kind}/${visible(name)}`, kind, facts: decoded.facts, lines };
    }),
  );
}

interface NamedPath {
  name: string;
  path: string;
}

/** The files that patterns match, sorted by code units. @throws {WorkerError} when a pattern matches nothing. */
async function findFiles(patterns: readonly string[], cwd: string): Promise<NamedPath[]> {
  const ignore = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const paths = new Set<string>();
  for (const pattern of patterns.filter((one) => !one.startsWith('!'))) {
    const matched = (await isFile(resolve(cwd, pattern)))
      ? [pattern]
      : await glob([pattern], { cwd, ignore, dot: true, expandDirectories: false });
    if (matched.length === 0) {
      throw new WorkerError('evidence_unreadable', `No file matches "${pattern}" in ${cwd}. Check the pattern.`);
    }
    for (const path of matched) paths.add(resolve(cwd, path));
  }
  return [...paths].sort().map((path) => ({ name: nameOf(path, cwd), path }));
}

function nameOf(path: string, cwd: string): string {
  const name = relative(cwd, path);
  return (name.startsWith('..') || isAbsolute(name) ? path : name).split(sep).join('/');
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new WorkerError('evidence_unreadable', `${path} cannot be read: ${reason}`, { cause });
  }
}
