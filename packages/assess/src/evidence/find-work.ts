import { WorkerError } from '../api/errors.ts';
import type { WorkerSpec } from '../api/options.ts';
import type { Collection, EvidenceDocument } from './document.ts';
import { listed, noText, noTextOf, unshownOf } from './unshown.ts';

const WORK: readonly EvidenceDocument['kind'][] = ['file', 'moves', 'transcript'];

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
  const isMoreAskedFor = outputs !== undefined || documents.some(({ kind }) => kind === 'criteria');
  const unshown = unshownOf(omitted);
  // A policy lets it through where nothing else was asked for.
  if (unshown.length > 0) throw Object.assign(noTextOf(unshown), { omitted: isMoreAskedFor ? [] : omitted });
  if (outputs !== undefined) throw noText('its transcripts are empty');
  if (isMoreAskedFor) throw noText('there are criteria, and nothing that could meet them');
  const empty = work.map(({ name }) => name).filter((name) => !omitted.some(({ file }) => file === name));
  const seen = [...omitted, ...empty.map((file) => ({ file, detail: 'empty file' }))];
  return seen.length === 0 ? 'nothing changed' : `no text changed: ${listed(seen)}`;
}
