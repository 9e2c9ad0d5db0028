import { isAbsolute, posix } from 'node:path';
import { visible } from '@rlm-bridge/text';
import { WorkerError } from '../api/errors.ts';
import type { Omitted } from '../api/worker-assessment.ts';
import { decodeText } from './decode-text.ts';
import { type Collection, type DocumentKind, type EvidenceDocument, OTHER, plainLines } from './document.ts';
import { fileDocuments } from './file-document.ts';
import { readText } from './file-text.ts';
import { findFiles } from './find-files.ts';
import { excluded, type Limits, notWork } from './limits.ts';
import { Pace } from './pace.ts';
import { readFile } from './read-file.ts';
import { shownLines } from './shown-lines.ts';

/** Whole files by globs, in git or not. */
export async function fromFiles(patterns: readonly string[], cwd: string, limits: Limits): Promise<Collection> {
  const documents: EvidenceDocument[] = [];
  const found = await findFiles(patterns, cwd, limits);
  const omitted: Omitted[] = [...found.omitted];
  const pace = new Pace(limits.signal);
  for (const { name, path } of found.files) {
    if (limits.isExcluded(name)) {
      omitted.push(excluded(name));
      continue;
    }
    if (limits.isNotWork(path)) {
      omitted.push(notWork(name));
      continue;
    }
    const after = await readText(await readFile(path, limits), name, pace);
    const [made] = await fileDocuments([{ name, facts: [], before: null, after }], limits);
    const { document = null, omission = null } = made ?? {};
    // Whole files were not added by anybody: their lines carry no mark.
    if (document !== null)
      documents.push({ ...document, isWhole: true, lines: await pace.map(document.lines, unmarked) });
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
  limits: Limits,
): Promise<Collection> {
  const { files, omitted } = await findFiles(patterns, cwd, limits);
  const documents: EvidenceDocument[] = [];
  const pace = new Pace(limits.signal);
  for (const { name, path } of files) {
    const decoded = await decodeText(await readFile(path, limits), pace);
    if (decoded === null)
      throw new WorkerError('evidence_unreadable', `${path} is no text. Leave it out of the patterns.`);
    // Where it lies outside of the folder is another place on another machine, and nothing to judge.
    const lines = plainLines(await shownLines(decoded.text, pace));
    documents.push({
      name: `${OTHER}${kind}/${visible(isAbsolute(name) ? posix.basename(name) : name)}`,
      kind,
      facts: decoded.facts,
      lines,
    });
  }
  return { documents, omitted };
}
