import { WorkerError } from '../api/errors.ts';
import type { WorkerSpec } from '../api/options.ts';
import type { Omitted } from '../api/worker-assessment.ts';
import type { Collection, EvidenceDocument } from './document.ts';

const WORK: readonly EvidenceDocument['kind'][] = ['file', 'moves', 'transcript'];

/** What is not shown and hides nothing: it is known what it is, or the caller has said that it is not judged. */
const KNOWN: readonly Omitted['reason'][] = ['picture', 'excluded', 'not_work', 'not_checked_out'];

/**
 * Why there is nothing in the work that could be judged; null: there is something. Work that nobody can be shown is not
 * nothing, or it would be a way past the judge.
 * @throws {WorkerError} `evidence_too_large`; `no_evidence` when there is work, or should be, and no text of it.
 */
export function whyNothing(
  { documents, omitted }: Collection,
  { outputs }: Pick<WorkerSpec, 'outputs'>,
): string | null {
  const tooLarge = omitted.filter(({ reason }) => reason === 'too_large');
  if (tooLarge.length > 0) {
    const files = tooLarge.map(({ file, detail }) => `${file} (${detail})`).join(', ');
    throw new WorkerError('evidence_too_large', `Too large to judge: ${files}. Raise maxFileChars, or exclude it.`);
  }
  const work = documents.filter(({ kind }) => WORK.includes(kind));
  if (work.some(({ isOpaque }) => !isOpaque)) return null;
  const hidden = omitted.filter(({ reason }) => !KNOWN.includes(reason));
  if (hidden.length > 0) throw noText(`nobody can be shown what is in it. Not shown: ${listed(hidden)}`);
  if (outputs !== undefined) throw noText('its transcripts are empty');
  if (documents.some(({ kind }) => kind === 'criteria'))
    throw noText('there are criteria, and nothing that could meet them');
  const empty = work.map(({ name }) => name).filter((name) => !omitted.some(({ file }) => file === name));
  const seen = [...omitted, ...empty.map((file) => ({ file, detail: 'empty file' }))];
  return seen.length === 0 ? 'nothing changed' : `no text changed: ${listed(seen)}`;
}

function noText(why: string): WorkerError {
  return new WorkerError('no_evidence', `There is no text of the work to judge, and it is not nothing: ${why}.`);
}

const SHOWN = 3;

function listed(files: readonly Pick<Omitted, 'file' | 'detail'>[]): string {
  const shown = files.slice(0, SHOWN).map(({ file, detail }) => `${file} (${detail})`);
  return `${shown.join(', ')}${files.length > SHOWN ? ` and ${files.length - SHOWN} more` : ''}`;
}
