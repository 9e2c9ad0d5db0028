import type { AssessmentResult, WorkerAssessment } from '@rlm-bridge/assess';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { AssessmentView } from '../../model/assessment-view.ts';
import { KeyValues } from '../parts/key-values.tsx';
import { Link } from '../parts/link.tsx';
import { Notice } from '../parts/notice.tsx';
import { CutText } from '../texts/cut-text.tsx';
import { Visible } from '../texts/visible.tsx';
import { counted, formatCount, formatDuration, formatShort, formatUsd } from '../words/numbers.ts';
import { SEVERITIES, VerdictBadge } from './verdict-badge.tsx';
import { WorkerView } from './worker-view.tsx';

/** An assessment: its verdict, its workers, and one of them whole. */
export function AssessmentPage(props: {
  assessment: AssessmentView;
  worker: string | null;
  finding: string | null;
}): JSX.Element {
  const { assessment, worker, finding } = props;
  const { result } = assessment;
  const chosen = worker === null ? result.workers[0] : result.workers.find(({ workerId }) => workerId === worker);
  useEffect(() => {
    document.title = `${result.verdict} · assessment · rlm view`;
  }, [result.verdict]);
  return (
    <section class="assessment" aria-label="Assessment">
      <div class="run-title">
        <VerdictBadge verdict={result.verdict} />
        <h1>
          <Visible text={result.reason} />
        </h1>
      </div>
      <KeyValues pairs={factsOf(result)} />
      {result.error && (
        <Notice tone="warn" icon="warning">
          <code>
            <Visible text={result.error.code} />
          </code>
          : <CutText text={result.error.message} />
        </Notice>
      )}
      {result.workers.length > 1 && <Workers workers={result.workers} chosen={chosen} />}
      {result.workers.length > 1 && result.aggregateFindings.commonPatterns.length > 0 && (
        <section class="card" aria-label="In common">
          <h2>In common</h2>
          <ul>
            {result.aggregateFindings.commonPatterns.map((pattern) => (
              <li key={pattern}>
                <Visible text={pattern} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {chosen ? (
        <WorkerView assessment={assessment} worker={chosen} finding={finding} key={chosen.workerId} />
      ) : (
        <Notice tone="warn">This assessment has no such worker.</Notice>
      )}
    </section>
  );
}

function factsOf({ rlmMetrics, gate, workers }: AssessmentResult): [string, string][] {
  const scores = Object.entries(gate.minScores).map(([dimension, least]) => `${dimension} ${least}`);
  return [
    ['Workers', formatCount(workers.length)],
    ['Cost', formatUsd(rlmMetrics.costUsd)],
    ['Model calls', formatCount(rlmMetrics.usage.calls)],
    ['Tokens', formatShort(rlmMetrics.usage.inputTokens + rlmMetrics.usage.outputTokens)],
    ['Time', formatDuration(rlmMetrics.durationMs)],
    ['Model code ran in', rlmMetrics.environments.join(', ') || 'none'],
    ['Fails on', gate.failOn === 'never' ? 'no finding' : `${gate.failOn} findings and worse`],
    ['Least scores', [gate.minScore === null ? [] : `overall ${gate.minScore}`, scores].flat().join(', ') || 'none'],
    [
      'Which findings count',
      [
        gate.scope === 'changed' ? 'in what was changed' : 'in everything',
        ...(gate.newOnly ? ['new ones'] : []),
        ...(gate.allowNewSuppressions ? ['but those that a comment of the work lets be'] : []),
      ].join(', '),
    ],
  ];
}

function Workers({
  workers,
  chosen,
}: {
  workers: WorkerAssessment[];
  chosen: WorkerAssessment | undefined;
}): JSX.Element {
  return (
    <nav class="workers" aria-label="Workers">
      {workers.map((worker) => (
        <Link
          key={worker.workerId}
          to={{ page: 'assessment', worker: worker.workerId, finding: null }}
          class="plain-link"
          current={worker === chosen}
        >
          <span class="worker-name">
            <b>
              <Visible text={worker.workerId} />
            </b>
            <VerdictBadge verdict={worker.verdict} />
            <b class="number">{worker.overallScore === null ? '–' : Math.round(worker.overallScore)}</b>
          </span>
          <span class="muted one-line">{countsOf(worker)}</span>
        </Link>
      ))}
    </nav>
  );
}

function countsOf({ findings }: WorkerAssessment): string {
  const counts = SEVERITIES.map(
    (severity) => [findings.filter((finding) => finding.severity === severity).length, severity] as const,
  );
  return (
    counts
      .filter(([count]) => count > 0)
      .map(([count, severity]) => `${count} ${severity}`)
      .join(', ') || counted(0, 'finding')
  );
}
