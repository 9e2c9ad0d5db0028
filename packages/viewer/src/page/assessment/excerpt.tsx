import type { Finding, WorkerAssessment } from '@rlm-bridge/assess';
import type { JSX } from 'preact';
import type { AssessmentView } from '../../model/assessment-view.ts';
import { ScrollBox } from '../parts/scroll-box.tsx';
import { Visible } from '../texts/visible.tsx';

/** Lines before and after those that show the fault, and the most of them at all. */
const AROUND = 4;
const MOST = 60;

/** The lines of a finding with those around them, numbered, and the quoted ones marked; the quote alone where no more is known. */
export function Excerpt(props: {
  assessment: AssessmentView;
  worker: WorkerAssessment;
  finding: Finding;
}): JSX.Element {
  const { finding } = props;
  const { startLine, endLine, verified, file } = finding;
  const lines = linesOf(props).slice(0, MOST);
  return (
    <ScrollBox box={null} class="excerpt" label={`Lines of ${file}`}>
      <ol>
        {lines.map(({ number, text }) => {
          const isQuoted = verified && number !== null && number >= startLine && number <= endLine;
          return (
            <li key={number} class={isQuoted ? 'is-quoted' : ''}>
              <span class="line-number">{number ?? '?'}</span>
              <code>
                {isQuoted ? (
                  <mark>
                    <Visible text={text} />
                  </mark>
                ) : (
                  <Visible text={text} />
                )}
              </code>
            </li>
          );
        })}
      </ol>
    </ScrollBox>
  );
}

function linesOf(props: {
  assessment: AssessmentView;
  worker: WorkerAssessment;
  finding: Finding;
}): { number: number | null; text: string }[] {
  const { assessment, worker, finding } = props;
  const { file, startLine, endLine, quote, verified } = finding;
  const document = assessment.documents.find((each) => each.workerId === worker.workerId && each.file === file);
  const excerpt = document?.excerpts.find(
    ({ firstLine, lines }) => firstLine <= startLine && endLine < firstLine + lines.length,
  );
  if (!excerpt || !verified) {
    return quote.split('\n').map((text, place) => ({ number: verified ? startLine + place : null, text }));
  }
  const from = Math.max(0, startLine - excerpt.firstLine - AROUND);
  const to = endLine - excerpt.firstLine + 1 + AROUND;
  return excerpt.lines.slice(from, to).map((text, place) => ({ number: excerpt.firstLine + from + place, text }));
}
