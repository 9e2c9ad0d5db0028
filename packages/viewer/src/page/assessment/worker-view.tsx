import type { WorkerAssessment } from '@rlm-bridge/assess';
import type { ComponentChild, JSX } from 'preact';
import type { AssessmentView } from '../../model/assessment-view.ts';
import { Badge } from '../parts/badge.tsx';
import { KeyValues } from '../parts/key-values.tsx';
import { Notice } from '../parts/notice.tsx';
import { ShareBar } from '../parts/share-bar.tsx';
import { CutText } from '../texts/cut-text.tsx';
import { Visible } from '../texts/visible.tsx';
import { counted, formatCount, formatFraction } from '../words/numbers.ts';
import { Findings } from './findings.tsx';
import { JudgeRuns } from './judge-runs.tsx';
import { Since } from './since.tsx';
import { Suppressions } from './suppressions.tsx';
import { SeverityBadge, VerdictBadge } from './verdict-badge.tsx';

const DIMENSIONS = [
  ['overallScore', 'Overall'],
  ['codeQuality', 'Code'],
  ['completeness', 'Completeness'],
  ['security', 'Security'],
  ['gitHygiene', 'Commits'],
] as const;

/** What was made of one worker's work, and what that rests on. */
export function WorkerView(props: {
  assessment: AssessmentView;
  worker: WorkerAssessment;
  finding: string | null;
}): JSX.Element {
  const { assessment, worker, finding } = props;
  return (
    <article class="worker" aria-label={`Worker ${worker.workerId}`}>
      <div class="run-title">
        <VerdictBadge verdict={worker.verdict} />
        <h2>
          <Visible text={worker.workerId} />
        </h2>
      </div>
      <p>
        <CutText text={worker.reason} />
      </p>
      {worker.error && (
        <Notice tone="warn" icon="warning">
          <code>
            <Visible text={worker.error.code} />
          </code>
          : <CutText text={worker.error.message} />
        </Notice>
      )}
      {worker.nothingToJudge && (
        <Notice>
          <CutText text={worker.nothingToJudge} />
        </Notice>
      )}
      {worker.summary && (
        <p class="worker-summary">
          <CutText text={worker.summary} />
        </p>
      )}
      <Scores worker={worker} />
      <Since worker={worker} />
      <Findings assessment={assessment} worker={worker} chosen={finding} />
      <Suppressions worker={worker} />
      <Rubric worker={worker} />
      <Evidence worker={worker} />
      <JudgeRuns assessment={assessment} worker={worker} />
    </article>
  );
}

function Scores({ worker }: { worker: WorkerAssessment }): JSX.Element {
  return (
    <section class="card" aria-label="Scores">
      <h2>Scores</h2>
      <dl class="scores">
        {DIMENSIONS.map(([dimension, word]) => {
          const score = worker[dimension];
          const given = dimension === 'overallScore' ? [] : worker.grades[dimension].given;
          return (
            <div key={dimension}>
              <dt>{word}</dt>
              <dd>
                <span class="score">
                  <b class="number">{score === null ? '–' : Math.round(score)}</b>
                  <ShareBar shares={[{ share: (score ?? 0) / 100, paint: 'paint-accent' }]} />
                </span>
                <span>
                  <CutText text={worker.scoreReasons[dimension]} />
                  {given.length > 1 && (
                    <span class="muted"> Samples: {given.map(({ level }) => level).join(', ')}.</span>
                  )}
                </span>
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}

function Rubric({ worker }: { worker: WorkerAssessment }): ComponentChild {
  if (worker.rubric.length === 0) return null;
  return (
    <section class="card" aria-label="Questions of the caller">
      <h2>Questions of the caller</h2>
      <ul class="rubric">
        {worker.rubric.map(({ id, question, severity, outcome, notMetIn, reason }) => (
          <li key={id}>
            <Badge
              tone={outcome === 'met' ? 'good' : outcome === 'not_met' ? 'bad' : 'plain'}
              icon={outcome === 'met' ? 'answered' : outcome === 'not_met' ? 'failed' : 'empty'}
              word={outcome.replaceAll('_', ' ')}
            />{' '}
            <b>
              <Visible text={question} />
            </b>{' '}
            <code>
              <Visible text={id} />
            </code>{' '}
            <SeverityBadge severity={severity} />
            <p>
              <CutText text={reason} />
              {notMetIn > 0 && (
                <span class="muted">
                  {' '}
                  Not met in {notMetIn} of {counted(worker.samples, 'sample')}.
                </span>
              )}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What it rests on, and what was not read. */
function Evidence({ worker }: { worker: WorkerAssessment }): JSX.Element {
  const { evidence, provenance, samples, policyChanges } = worker;
  return (
    <section class="card" aria-label="What it rests on">
      <h2>What it rests on</h2>
      <KeyValues
        pairs={[
          ['Changed files shown', formatCount(evidence.files)],
          ['Characters', formatCount(evidence.chars)],
          ['Read', formatFraction(evidence.coverage)],
          ['Samples', formatCount(samples)],
          ...(provenance
            ? ([
                [
                  'Work from',
                  <Visible
                    key="w"
                    text={[provenance.source, provenance.branch ?? provenance.path].filter(Boolean).join(' ')}
                  />,
                ],
              ] as const)
            : []),
          ...(provenance?.head
            ? ([['Commit', <code key="c">{<Visible text={provenance.head.slice(0, 12)} />}</code>]] as const)
            : []),
        ]}
      />
      <Names title="Not read, or not wholly" names={evidence.unread} />
      {evidence.omitted.length > 0 && (
        <>
          <h3>Shown to no model</h3>
          <ul class="names">
            {evidence.omitted.slice(0, 200).map(({ file, detail }) => (
              <li key={file}>
                <code>
                  <Visible text={file} />
                </code>{' '}
                <span class="muted">
                  <CutText text={detail} />
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      <Names title="Changes of the gate's own policy, which was taken from the base" names={policyChanges} />
    </section>
  );
}

function Names({ title, names }: { title: string; names: readonly string[] }): ComponentChild {
  if (names.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul class="names">
        {names.slice(0, 200).map((name) => (
          <li key={name}>
            <code>
              <Visible text={name} />
            </code>
          </li>
        ))}
      </ul>
      {names.length > 200 && <p class="muted">and {counted(names.length - 200, 'more', 'more')}</p>}
    </>
  );
}
