import { visibleLines } from '@rlm-bridge/text';
import type { Criterion } from '../api/options.ts';
import type { Finding } from '../api/worker-assessment.ts';
import { type EvidenceDocument, OTHER, plainLines, renderDocument } from '../evidence/document.ts';
import { Pace } from '../evidence/pace.ts';
import { QuoteIndex } from '../findings/quote-index.ts';

/** What of a finding is a claim: none of the judge's severity, category, advice or confidence. */
export type Claim = Pick<Finding, 'rule' | 'message' | 'file' | 'startLine' | 'endLine' | 'quote'>;

/** Characters of the lines around a quote, on both sides together, and of the documents besides that a claim names. */
const AROUND_CHARS = 24_000;
const NAMED_CHARS = 24_000;
const MOST_NAMED = 3;
const NAMES = ['claim', 'lines'];

/**
 * What a verifier is shown: the claim, the numbered lines around the quote as the judge had them, and what it names besides.
 * Null: the quote is not in the evidence.
 */
export async function contextOfClaim(
  claim: Claim,
  documents: readonly EvidenceDocument[],
  criteria: readonly Criterion[],
  signal?: AbortSignal,
): Promise<Record<string, string> | null> {
  const document = documents.find(({ name }) => name === claim.file);
  const place = document && new QuoteIndex(document).find(claim.quote, claim);
  if (document === undefined || !place) return null;
  const shown = [
    claimDocument(claim, criteria),
    windowAround(document, place.first, place.last, AROUND_CHARS),
    ...namedBeside(claim, documents).map((one) => windowAround(one, 0, 0, NAMED_CHARS / MOST_NAMED)),
  ];
  const pace = new Pace(signal);
  const texts: [name: string, text: string][] = [];
  // By names of ours: a prompt shows them outside of the gutters.
  for (const [at, one] of shown.entries()) texts.push([NAMES[at] ?? `beside ${at}`, await renderDocument(one, pace)]);
  return Object.fromEntries(texts);
}

function claimDocument({ rule, message, file, startLine, endLine, quote }: Claim, criteria: readonly Criterion[]) {
  const question = criteria.find(({ id }) => id === rule)?.question;
  const at = startLine === endLine ? `line ${startLine}` : `lines ${startLine} to ${endLine}`;
  const lines = [
    `Claim: ${message}`,
    ...(question === undefined ? [] : [`It is said that this is not so: ${question}`]),
    `Place: ${file}, ${at}`,
    ...['The text there:', ...quote.split('\n').map((line) => `  ${line}`)],
  ];
  const text = visibleLines(lines.join('\n'));
  return { name: `${OTHER}claim`, kind: 'log' as const, facts: ['a claim about the work'], lines: plainLines(text) };
}

/** The lines from the first to the last, and as many on each side as there is room for. */
function windowAround(document: EvidenceDocument, first: number, last: number, chars: number): EvidenceDocument {
  const { lines } = document;
  let [from, to, room] = [first, last, chars];
  for (let grew = true; grew; ) {
    grew = false;
    for (const [index, isBefore] of [
      [from - 1, true],
      [to + 1, false],
    ] as const) {
      const size = lines[index] === undefined ? Number.POSITIVE_INFINITY : lines[index].text.length + 1;
      if (size > room) continue;
      room -= size;
      grew = true;
      if (isBefore) from = index;
      else to = index;
    }
  }
  const isWhole = from === 0 && to === lines.length - 1;
  return isWhole
    ? document
    : { ...document, facts: [...document.facts, 'a part of it'], lines: lines.slice(from, to + 1) };
}

/** Documents that the claim speaks of beside its own, by their path or their file's name. */
function namedBeside({ message, file }: Claim, documents: readonly EvidenceDocument[]): EvidenceDocument[] {
  const isNamed = (name: string) => {
    const short = name.slice(name.lastIndexOf('/') + 1);
    return message.includes(name) || (short.includes('.') && message.includes(short));
  };
  return documents.filter(({ name }) => name !== file && isNamed(name)).slice(0, MOST_NAMED);
}
