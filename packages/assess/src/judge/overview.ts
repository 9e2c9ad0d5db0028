import { isAbsolute, posix } from 'node:path';
import { counted, visible } from '@rlm-bridge/text';
import type { Omitted } from '../api/worker-assessment.ts';
import { type Evidence, type EvidenceDocument, OTHER, plainLines } from '../evidence/document.ts';

/** Most lines for what is not shown for one reason, and most folders that a line names. */
const MAX_LINES = 100;
const MAX_FOLDERS = 10;

/** The first document of a judge's context: a list of the others, and of what is not shown. */
export function overviewOf({ documents, omitted }: Pick<Evidence, 'documents' | 'omitted'>): EvidenceDocument {
  const lines = [
    ...documents.map(({ name, kind, facts, lines: { length } }) =>
      [name, kind, ...facts, counted(length, 'line')].join(', '),
    ),
    ...notShown(omitted),
  ];
  return { name: `${OTHER}documents`, kind: 'log', facts: ['a list of the documents'], lines: plainLines(lines) };
}

/** What the caller excluded is counted; what the caller wrote is no matter of the judge's: it is there once the judge has spoken. */
function notShown(omitted: readonly Omitted[]): string[] {
  const byReason = Map.groupBy(omitted, ({ reason }) => reason);
  byReason.delete('not_work');
  return [...byReason].flatMap(([reason, all]) => {
    if (reason === 'excluded') return [excludedLine(all)];
    const lines = all.slice(0, MAX_LINES).map(lineOf);
    return all.length > MAX_LINES ? [...lines, `${all.length - MAX_LINES} more, not shown: ${reason}`] : lines;
  });
}

/** Where a link leads, and where the work lies on this machine, is nothing to judge. */
function lineOf({ file, reason, detail }: Omitted): string {
  const name = visible(isAbsolute(file) ? posix.basename(file) : file);
  return reason === 'link' ? `${name}, not shown: ${reason}` : `${name}, not shown: ${reason}, ${detail}`;
}

function excludedLine(files: readonly Omitted[]): string {
  const folders = [...Map.groupBy(files, ({ file }) => (file.includes('/') ? (file.split('/')[0] ?? '') : '.'))]
    .map(([folder, { length }]) => ({ folder, length }))
    .sort((a, b) => b.length - a.length || (a.folder < b.folder ? -1 : 1));
  const named = folders.slice(0, MAX_FOLDERS).map(({ folder, length }) => `${visible(folder)} (${length})`);
  const more = folders.length > MAX_FOLDERS ? ` and ${folders.length - MAX_FOLDERS} more folders` : '';
  return `${counted(files.length, 'file')} not shown: excluded by the options, in ${named.join(', ')}${more}`;
}
