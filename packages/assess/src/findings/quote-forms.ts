import type { Tolerance } from '../api/terms.ts';
import { GUTTER_PATTERN } from '../evidence/document.ts';

/** One way to read a judge's quote: the texts that must stand one after the other, and what lies between each two. */
export interface QuoteForm {
  fragments: readonly string[];
  /** `mask`: something on one line that the judge did not show; `elision`: lines that it left out. One less than fragments. */
  gaps: readonly ('mask' | 'elision')[];
  /** What was taken off the quote to read it so. */
  tolerated: readonly Tolerance[];
}

const WITHHELD = 'redacted|masked|hidden|removed|omitted|censored|sanitized|sanitised|obfuscated|withheld|elided';
const NAMES = 'key|token|secret|password|passphrase|passwd|credentials?|value|private|sensitive|string';
const MASKS: readonly RegExp[] = [
  /[*•●█▓▒░■]{3,}|[xX]{3,}|#{4,}|_{4,}|\?{3,}/g,
  new RegExp(`[<[{(«]{1,3}[\\w :,.*-]{0,30}\\b(?:${WITHHELD})\\b[\\w :,.*-]{0,30}[>\\]})»]{1,3}`, 'gi'),
  new RegExp(`<[\\w -]{0,30}(?:${NAMES})[\\w -]{0,30}>`, 'gi'),
  new RegExp(`\\b_*(?:${WITHHELD.toUpperCase()})_*\\b`, 'g'),
];
/** A line that says by a comment that lines are left out. */
const ELIDED_LINE = /^\s*(?:\/\/|#|--|;|%|\/\*|<!--|\{\/\*)\s*(?:\.{3}|…|\[\s*(?:\.{3}|…)).*$/;
const ELISION = /[[(<{]?(?:\.{3,}|[…⋯])[\])>}]?|[[(<]\s*(?:snip|snipped|truncated|cut)\s*[\])>]/gi;

const MASKED = '\u{E000}';
const ELIDED = '\u{E001}';

/** Gutters of other tools than ours: `12: `, `12 |`, `L12:`, `> 12 │`, `src/db.ts:12:`, `12<tab>`. */
const OTHER_GUTTER = /^\s*(?:[>*]\s*)?(?:[\w./-]+:)?(?:L|line )?\d{1,7}(?::\d{1,5})?\s*(?:[:|│→\t]|[.)]\s|\s{2})\s?/;
const PATCH_HEADER =
  /^\s*(?:@@ .*@@.*|diff --git .*|index [0-9a-f]+\.\.[0-9a-f]+.*|--- (?:a\/|\/dev).*|\+\+\+ (?:b\/|\/dev).*)$/;
const DIFF_SIGN = /^\s*(?:[+-]|>(?= ))\s?/;
const FENCE = /^\s*(?:```|~~~)[\w+.-]*\s*$/;
const ENCLOSED = /^\s*(`{1,3}|["'“”«»])(?:\w+\s*\n)?([\s\S]*?)(`{1,3}|["'“”«»])\s*$/;
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|(.))/g;
const ESCAPED: Record<string, string> = { n: '\n', r: '\n', t: '\t', b: '', f: '' };

/** The ways to read a quote that is not in the document as it stands, the closest first. */
export function formsOf(quote: string): QuoteForm[] {
  const plain = quote.replaceAll(MASKED, '').replaceAll(ELIDED, '');
  const escaped = ESCAPE.test(plain) ? [plain, unescaped(plain)] : [plain];
  ESCAPE.lastIndex = 0;
  const forms = escaped.flatMap((text, at) => {
    const more: Tolerance[] = at === 0 ? [] : ['escapes'];
    return [[], [DIFF_SIGN]].map((signs) => formOf(text, signs, more));
  });
  return forms.sort((a, b) => a.tolerated.length - b.tolerated.length);
}

function formOf(text: string, signs: readonly RegExp[], before: readonly Tolerance[]): QuoteForm {
  const tolerated = new Set(before);
  const taking = (tolerance: Tolerance, from: string, to: string) => {
    if (from !== to) tolerated.add(tolerance);
    return to;
  };
  const open = taking('code-fence', text, withoutFences(text));
  const lines = open.split('\n').map((line) => {
    if (PATCH_HEADER.test(line)) return taking('diff-sign', line, '');
    const bare = taking('gutter', line, withoutGutter(line));
    return signs.reduce((rest, sign) => taking('diff-sign', rest, rest.replace(sign, '')), bare);
  });
  const elided = lines.map((line) => line.replace(ELIDED_LINE, ELIDED));
  const masked = MASKS.reduce((rest, mask) => rest.replaceAll(mask, MASKED), elided.join('\n'));
  return { ...parted(masked.replaceAll(ELISION, ELIDED), tolerated), tolerated: [...tolerated] };
}

/** Parts a text at its gaps; a gap at either end is none. */
function parted(text: string, tolerated: Set<Tolerance>): Pick<QuoteForm, 'fragments' | 'gaps'> {
  const fragments: string[] = [];
  const gaps: QuoteForm['gaps'][number][] = [];
  let gap: QuoteForm['gaps'][number] | null = null;
  for (const part of text.split(new RegExp(`([${MASKED}${ELIDED}])`))) {
    if (part === MASKED || part === ELIDED) {
      tolerated.add(part === MASKED ? 'mask' : 'elision');
      gap = gap === 'elision' || part === ELIDED ? 'elision' : 'mask';
    } else if (part.trim() !== '') {
      if (fragments.length > 0) gaps.push(gap ?? 'mask');
      fragments.push(part);
      gap = null;
    }
  }
  return { fragments, gaps };
}

function withoutGutter(line: string): string {
  const ours = line.replace(GUTTER_PATTERN, '');
  return ours === line ? line.replace(OTHER_GUTTER, '') : ours;
}

/** The text without the lines of a fence, and without what encloses the whole. */
function withoutFences(text: string): string {
  const lines = text.split('\n').filter((line) => !FENCE.test(line));
  const [, open, inner, close] = ENCLOSED.exec(lines.join('\n')) ?? [];
  return open === undefined || inner === undefined || close?.length !== open.length ? lines.join('\n') : inner;
}

function unescaped(text: string): string {
  return text.replaceAll(ESCAPE, (_, code: string | undefined, sign: string = '') =>
    code === undefined ? (ESCAPED[sign] ?? sign) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
