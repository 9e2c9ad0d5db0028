import type { CallView } from '../../model/call-view.ts';
import type { CoverageView, DocumentView } from '../../model/coverage-view.ts';
import { type ReadStretch, readsByDocument, stretchesOf } from './stretches.ts';

/** A document where it stands in the whole: documents one after another. */
export interface MappedDocument {
  document: DocumentView;
  place: number;
  /** Characters of those before it. */
  offset: number;
  stretches: ReadStretch[];
}

/** The whole context as one line of characters, and who read them. */
export interface MappedContext {
  chars: number;
  documents: MappedDocument[];
  /** Of all documents, with their places in the whole. */
  stretches: ReadStretch[];
}

export function mapContext(coverage: CoverageView, calls: readonly CallView[]): MappedContext {
  const reads = readsByDocument(coverage);
  let chars = 0;
  const documents = coverage.documents.map((document, place): MappedDocument => {
    const mapped = {
      document,
      place,
      offset: chars,
      stretches: stretchesOf(document.chars, reads.get(place) ?? [], calls),
    };
    chars += document.chars;
    return mapped;
  });
  const stretches = documents.flatMap(({ offset, stretches }) =>
    stretches.map((stretch) => ({ ...stretch, start: stretch.start + offset, end: stretch.end + offset })),
  );
  return { chars, documents, stretches };
}

/** One document as a whole of its own. */
export function mapDocument({ document, place, stretches }: MappedDocument): MappedContext {
  return { chars: document.chars, documents: [{ document, place, offset: 0, stretches }], stretches };
}

/** The document that a character of the whole is in. */
export function documentAt({ documents }: MappedContext, offset: number): MappedDocument | undefined {
  let low = 0;
  let high = documents.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((documents[middle]?.offset ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return documents[low];
}

/** The stretch of a document that a character is in. */
export function stretchAt({ stretches }: MappedDocument, offset: number): ReadStretch | undefined {
  return stretches.find(({ start, end }) => offset >= start && offset < end) ?? stretches.at(-1);
}
