import type { Change, Origin, Tolerance } from '../api/terms.ts';
import type { EvidenceDocument } from '../evidence/document.ts';
import type { Pace } from '../evidence/pace.ts';
import { changeOf, type LineRange, originOf } from './change.ts';
import { type Columns, columnsOf, NO_COLUMNS } from './columns.ts';
import { findDocument } from './find-document.ts';
import type { JudgeFinding } from './judge-finding.ts';
import { type Whereabouts, whereaboutsOf } from './line-hashes.ts';
import { collapseQuote, QuoteIndex, type QuotePlace } from './quote-index.ts';

/** A finding whose quote was looked for in the evidence. */
export type CheckedFinding = Omit<JudgeFinding, 'origin' | 'reference'> &
  Whereabouts &
  Columns & {
    verified: boolean;
    tolerated: Tolerance[];
    change: Change;
    origin: Origin | null;
    reference?: { file: string; line: number; quote: string; verified: boolean }[];
  };

/** Each finding at the lines where its quote is; `verified: false` where it is nowhere in the file it names. */
export async function verifyFindings(
  findings: readonly JudgeFinding[],
  documents: readonly EvidenceDocument[],
  pace: Pace,
): Promise<CheckedFinding[]> {
  const verifier = new FindingVerifier(documents);
  return await pace.map(findings, (finding) => verifier.verify(finding));
}

/** Looks for quotes in documents, each of which it reads once. */
export class FindingVerifier {
  readonly #documents: readonly EvidenceDocument[];
  readonly #indexes = new Map<EvidenceDocument, QuoteIndex>();

  constructor(documents: readonly EvidenceDocument[]) {
    this.#documents = documents;
  }

  verify(finding: JudgeFinding): CheckedFinding {
    const document = findDocument(finding.file, this.#documents);
    if (document === undefined) return unverified(finding);
    const index = this.#indexes.get(document) ?? new QuoteIndex(document);
    this.#indexes.set(document, index);
    const place = index.find(finding.quote, finding);
    return place === null ? unverified(finding, document) : verified(finding, document, place);
  }
}

function verified(finding: JudgeFinding, document: EvidenceDocument, place: QuotePlace): CheckedFinding {
  const { startLine, endLine, tolerated } = place;
  const change = changeOf(document, place);
  return {
    ...withReference(finding),
    file: document.name,
    startLine,
    endLine,
    quote: collapseQuote(finding.quote) === '' ? finding.quote : withoutGutter(finding.quote),
    verified: true,
    tolerated: document.name === finding.file ? [...tolerated] : ['file-name', ...tolerated],
    change,
    origin: finding.origin ?? originOf(change, document, place),
    ...columnsOf(finding.quote, document, place),
    ...whereaboutsOf(document, place),
  };
}

/** A place of the reference that nobody has looked for is not verified. */
function withReference({ reference, ...finding }: JudgeFinding) {
  if (reference === undefined) return finding;
  return { ...finding, reference: reference.map((place) => ({ ...place, verified: place.verified ?? false })) };
}

/** A finding whose quote was not found; it stays where it says it is. */
function unverified(finding: JudgeFinding, document?: EvidenceDocument): CheckedFinding {
  const endLine = Math.max(finding.startLine, finding.endLine);
  const change =
    document === undefined ? 'untouched' : changeOf(document, namedRange(document, finding.startLine, endLine));
  const file = document?.name ?? finding.file;
  return {
    ...withReference(finding),
    file,
    endLine,
    verified: false,
    tolerated: [],
    change,
    origin: finding.origin ?? null,
    ...NO_COLUMNS,
    lines: [],
    beside: [],
  };
}

function namedRange({ lines }: EvidenceDocument, startLine: number, endLine: number): LineRange {
  const isNamed = ({ number }: { number: number | null }) =>
    number !== null && number >= startLine && number <= endLine;
  return { first: Math.max(0, lines.findIndex(isNamed)), last: lines.findLastIndex(isNamed) };
}

function withoutGutter(quote: string): string {
  const lines = quote.split('\n');
  const gutter = /^\s{0,16}\d{1,9}\s{1,4}[+ ] \| |^\s{0,16}- \| /;
  return lines.some((line) => gutter.test(line)) ? lines.map((line) => line.replace(gutter, '')).join('\n') : quote;
}
