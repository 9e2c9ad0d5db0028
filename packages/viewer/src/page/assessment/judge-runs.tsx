import type { WorkerAssessment } from '@rlm-bridge/assess';
import type { ComponentChild, JSX } from 'preact';
import type { AssessmentView, JudgeRunView } from '../../model/assessment-view.ts';
import { Link } from '../parts/link.tsx';
import { Visible } from '../texts/visible.tsx';
import { counted, formatFraction } from '../words/numbers.ts';

/** Documents that are named for a run; its map of the context has all. */
const SHOWN = 20;

/** The runs that judged a worker, where the page has them, each with what it did not read. */
export function JudgeRuns(props: { assessment: AssessmentView; worker: WorkerAssessment }): ComponentChild {
  const { assessment, worker } = props;
  const runs = assessment.runs.filter(({ workerId }) => workerId === worker.workerId);
  if (runs.length === 0) return null;
  return (
    <section class="card" aria-label="Runs that judged it">
      <h2>Runs that judged it</h2>
      <ul class="names">
        {runs.map((run) => (
          <li key={run.runId}>
            <Link to={{ page: 'run', run: run.runId, section: 'summary' }}>Sample {run.sample}</Link>{' '}
            <code class="muted">
              <Visible text={run.runId} />
            </code>{' '}
            <Unread run={run} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Unread({ run: { runId, unread } }: { run: JudgeRunView }): JSX.Element {
  if (unread === null) return <span class="muted">what it read is not known</span>;
  if (unread.length === 0) return <span class="muted">read all of the evidence</span>;
  const more = unread.length - SHOWN;
  return (
    <>
      <Link to={{ page: 'run', run: runId, section: 'coverage' }}>
        did not read all of {counted(unread.length, 'document')}
      </Link>
      <ul class="names">
        {unread.slice(0, SHOWN).map(({ document, name, fraction }) => (
          <li key={document}>
            <Link to={{ page: 'document', run: runId, document, at: null }}>
              <Visible text={name} />
            </Link>{' '}
            <span class="muted">{formatFraction(fraction)} read</span>
          </li>
        ))}
      </ul>
      {more > 0 && <p class="muted">and {counted(more, 'more', 'more')}</p>}
    </>
  );
}
