import { thrownText, visible } from '@rlm-bridge/text';
import { parsePatch } from 'diff';
import { WorkerError } from '../api/errors.ts';
import type { Omitted } from '../api/worker-assessment.ts';
import { type Collection, type EvidenceDocument, type EvidenceLine, fileName } from './document.ts';
import { excluded, type Limits } from './limits.ts';

const LFS = /^version https:\/\/git-lfs\.github\.com\/spec\/v1$/;

type Patch = ReturnType<typeof parsePatch>[number];

/** The changes of a patch, one document a file, numbered as in the new files. */
export function fromDiff(patch: string, limits: Limits): Collection {
  const documents: EvidenceDocument[] = [];
  const omitted: Omitted[] = [];
  for (const file of parse(patch)) {
    const name = fileName(visible(nameOf(file)));
    const lines = linesOf(file);
    const chars = lines.reduce((sum, { text }) => sum + text.length + 1, 0);
    const facts = factsOf(file);
    if (limits.isExcluded(name)) {
      omitted.push(excluded(name));
      continue;
    }
    if (chars > limits.maxFileChars)
      omitted.push({ file: name, reason: 'too_large', detail: `${chars} characters of changes` });
    else
      documents.push({ name, kind: 'file', facts: [...facts, 'only its changes are known'], isPartial: true, lines });
    if (file.hunks.length === 0) {
      const detail = ['the patch shows no lines of it', ...facts].join(', ');
      omitted.push({ file: name, reason: 'binary', detail });
    } else if (lines.some(({ text }) => LFS.test(text))) {
      omitted.push({ file: name, reason: 'lfs', detail: 'the patch has a Git LFS pointer in its place' });
    }
  }
  return { documents: documents.filter(({ lines }) => lines.length > 0), omitted };
}

/** @throws {WorkerError} when a part of the text is no patch: what is not understood must not count as read. */
function parse(text: string): Patch[] {
  let files: Patch[];
  try {
    files = parsePatch(text.replaceAll('\r\n', '\n'));
  } catch (cause) {
    const reason = thrownText(cause);
    const said = `The diff is no patch in unified format (${reason}). Give it as "git diff" prints it.`;
    throw new WorkerError('evidence_unreadable', said, { cause });
  }
  const named = files.filter((file) => file.newFileName !== undefined || file.oldFileName !== undefined || file.index);
  const announced = text.match(/^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@/gm)?.length ?? 0;
  const found = named.reduce((sum, { hunks }) => sum + hunks.length, 0);
  if (named.length > 0 && found === announced) return named;
  throw new WorkerError(
    'evidence_unreadable',
    `The diff is no whole patch: hunks that have a file: ${found} of ${announced}. Give all that "git diff" printed.`,
  );
}

/** What git writes above the lines. */
function factsOf({ isCreate, isDelete, isRename, oldFileName = '', oldMode, newMode }: Patch): string[] {
  return [
    ...(isCreate ? ['added'] : []),
    ...(isDelete ? ['deleted'] : []),
    ...(isRename ? ['renamed', `from ${visible(JSON.stringify(oldFileName.replace(/^[ab]\//, '')))}`] : []),
    ...(oldMode !== undefined && newMode !== undefined && oldMode !== newMode ? [`mode ${oldMode} to ${newMode}`] : []),
  ];
}

function nameOf({ oldFileName, newFileName, index }: Patch): string {
  const name = newFileName === undefined || newFileName === '/dev/null' ? (oldFileName ?? index ?? '') : newFileName;
  return name.replace(/^[ab]\//, '');
}

function linesOf({ hunks }: Patch): EvidenceLine[] {
  return hunks.flatMap(({ newStart, lines }) => {
    let number = newStart;
    return lines
      .filter((line) => !line.startsWith('\\'))
      .map((line): EvidenceLine => {
        const mark = line[0] === '+' ? '+' : line[0] === '-' ? '-' : ' ';
        return { mark, number: mark === '-' ? null : number++, text: visible(line.slice(1)) };
      });
  });
}
