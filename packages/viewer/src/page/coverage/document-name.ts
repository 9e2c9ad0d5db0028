import type { DocumentView } from '../../model/coverage-view.ts';

/** What a document is called where it is shown. */
export function documentName(document: DocumentView | undefined, place: number): string {
  return document?.name ?? (place === 0 ? 'The context' : `Document ${place}`);
}
