import { visible } from '@rlm-bridge/text';
import type { EvidenceDocument } from '../evidence/document.ts';
import { fold } from './folding.ts';

/**
 * The document that a judge means: by its name, else by the only name that is like it (with `./`, a patch's `a/`, a line
 * number or a longer path before it, or without what cannot be seen).
 */
export function findDocument(file: string, documents: readonly EvidenceDocument[]): EvidenceDocument | undefined {
  const named = documents.find(({ name }) => name === file) ?? documents.find(({ name }) => `./${name}` === file);
  if (named !== undefined) return named;
  const wanted = plain(file.replace(/(?::\d+){1,2}(?:-\d+)?$/, ''));
  const alike = [
    documents.filter(({ name }) => plain(name) === wanted),
    documents.filter(({ name }) => wanted.endsWith(`/${plain(name)}`) || plain(name).endsWith(`/${wanted}`)),
  ].find(({ length }) => length > 0);
  return alike?.length === 1 ? alike[0] : undefined;
}

function plain(name: string): string {
  return fold(visible(name)).replace(/^(?:\.\/)+/, '');
}
