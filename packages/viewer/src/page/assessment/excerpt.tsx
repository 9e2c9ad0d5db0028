import type { ExcerptLine, Finding } from '@rlm-bridge/assess';
import type { JSX } from 'preact';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { CutText } from '../texts/cut-text.tsx';

/** Lines of a quote that are shown where no others are known. */
const MOST = 60;

/** What the work did to a line, in a word for whoever does not see its mark. */
const DONE = { '+': 'added', '-': 'removed', ' ': '' };

/** The lines of a finding with those around them, numbered, and the quoted ones marked; the quote alone where no more is known. */
export function Excerpt(props: { finding: Finding; lines: readonly ExcerptLine[] | null }): JSX.Element {
  const { finding, lines } = props;
  return (
    <ScrollBox box={null} class="excerpt" label={`Lines of ${finding.file}`}>
      <ol>
        {(lines ?? quotedLines(finding)).map(({ number, mark, text, isQuoted }, place) => (
          <li key={place} class={`${isQuoted ? 'is-quoted' : ''} ${DONE[mark] && `is-${DONE[mark]}`}`}>
            <span class="line-number">{number ?? ''}</span>
            <span class="line-mark">{DONE[mark] && <span title={DONE[mark]}>{mark}</span>}</span>
            <code>{isQuoted ? <mark>{<CutText text={text} />}</mark> : <CutText text={text} />}</code>
          </li>
        ))}
      </ol>
    </ScrollBox>
  );
}

/** A quote that is not verified, or whose line ends were not kept, is at no lines that are known. */
function quotedLines({ quote, startLine, endLine, verified, change }: Finding): ExcerptLine[] {
  const texts = quote.replace(/\n$/, '').split('\n');
  const isNumbered = verified && change !== 'removed' && texts.length === endLine - startLine + 1;
  return texts.slice(0, MOST).map((text, place) => ({
    mark: ' ',
    number: isNumbered ? startLine + place : null,
    text,
    isQuoted: verified,
  }));
}
