import type { Finding, WorkerAssessment } from '@rlm-bridge/assess';
import type { ComponentChild, JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { AssessmentView } from '../../model/assessment-view.ts';
import { Badge } from '../parts/badge.tsx';
import { CopyButton } from '../parts/copy-button.tsx';
import { Link } from '../parts/link.tsx';
import { CutText } from '../texts/cut-text.tsx';
import { Visible } from '../texts/visible.tsx';
import { counted } from '../words/numbers.ts';
import { Excerpt } from './excerpt.tsx';
import { FindingCalls } from './finding-calls.tsx';
import { instructionsFor } from './instructions.ts';
import { SinceBadge } from './since.tsx';
import { SuppressionBadge, SuppressionReason } from './suppressions.tsx';
import { SEVERITIES, SeverityBadge } from './verdict-badge.tsx';

const SHOWN = 40;

/** Which findings are shown, beside their severity. */
const FILTERS = {
  all: () => true,
  gating: ({ gating }: Finding) => gating,
  verified: ({ verified }: Finding) => verified,
  new: ({ since }: Finding) => since === 'new',
};

/** What is wrong with a worker's work, worst first, beside the lines that show it. */
export function Findings(props: {
  assessment: AssessmentView;
  worker: WorkerAssessment;
  chosen: string | null;
}): JSX.Element {
  const { assessment, worker, chosen } = props;
  const [least, setLeast] = useState<Finding['severity']>('low');
  const [which, setWhich] = useState<keyof typeof FILTERS>('all');
  const [shown, setShown] = useState(SHOWN);
  const findings = useMemo(
    () =>
      worker.findings
        .filter(({ severity }) => rankOf(severity) <= rankOf(least))
        .filter(FILTERS[which])
        .toSorted((a, b) => Number(b.gating) - Number(a.gating) || rankOf(a.severity) - rankOf(b.severity)),
    [worker, least, which],
  );
  return (
    <section aria-label="Findings">
      <div class="bar-of-tools">
        <h2>Findings</h2>
        <span class="muted number">
          {findings.length === worker.findings.length
            ? findings.length
            : `${findings.length} of ${worker.findings.length}`}
        </span>
        <span class="grow" />
        <select
          aria-label="Severity"
          value={least}
          onChange={(event) => setLeast(event.currentTarget.value as typeof least)}
        >
          {SEVERITIES.toReversed().map((severity) => (
            <option key={severity} value={severity}>
              {severity === 'low'
                ? 'any severity'
                : severity === 'critical'
                  ? 'critical alone'
                  : `${severity} and worse`}
            </option>
          ))}
        </select>
        <select
          aria-label="Which"
          value={which}
          onChange={(event) => setWhich(event.currentTarget.value as typeof which)}
        >
          <option value="all">all</option>
          <option value="gating">those that fail the gate</option>
          <option value="verified">those with a verified quote</option>
          {worker.findings.some(({ since }) => since !== null) && (
            <option value="new">those that the assessment before did not have</option>
          )}
        </select>
        <CopyButton
          label="Copy these as instructions for the worker"
          word="Copy as instructions"
          text={() => instructionsFor(worker, findings)}
        />
      </div>
      <Missing assessment={assessment} worker={worker} />
      {findings.length === 0 && <p class="muted">None is like that.</p>}
      {findings.slice(0, shown).map((finding) => (
        <FindingCard key={finding.id} {...{ assessment, worker, finding }} isChosen={finding.id === chosen} />
      ))}
      {findings.length > shown && (
        <button type="button" onClick={() => setShown(shown + SHOWN)}>
          {counted(findings.length - shown, 'more', 'more')}
        </button>
      )}
    </section>
  );
}

function FindingCard(props: {
  assessment: AssessmentView;
  worker: WorkerAssessment;
  finding: Finding;
  isChosen: boolean;
}): JSX.Element {
  const { assessment, worker, finding, isChosen } = props;
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    if (isChosen) card.current?.scrollIntoView({ block: 'center' });
  }, [isChosen]);
  const { severity, worstSeverity, rule, message, file, startLine, endLine, suggestion } = finding;
  const isOfFinding = ({ workerId, findingId }: { workerId: string; findingId: string }) =>
    workerId === worker.workerId && findingId === finding.id;
  return (
    <article
      ref={card}
      class={isChosen ? 'card finding is-chosen' : 'card finding'}
      aria-label={`${severity}: ${rule}`}
    >
      <header>
        <SeverityBadge severity={severity} />
        <Link to={{ page: 'assessment', worker: worker.workerId, finding: finding.id }} title="Link to this finding">
          <Visible text={rule} />
        </Link>
        <code>
          <Visible text={file} />:{startLine === endLine ? startLine : `${startLine}-${endLine}`}
        </code>
        <span class="grow" />
        <Marks worker={worker} finding={finding} />
      </header>
      <p>
        <CutText text={message} />
        {worstSeverity !== severity && <span class="muted"> A sample called it {worstSeverity}.</span>}
      </p>
      <Excerpt finding={finding} lines={assessment.excerpts.find(isOfFinding)?.lines ?? null} />
      <FindingCalls calls={assessment.calls.filter(isOfFinding)} />
      {suggestion && (
        <p>
          <b>Suggestion:</b> <CutText text={suggestion} />
        </p>
      )}
      {finding.verification && (
        <p>
          <b>
            Second look by <Visible text={finding.verification.model} />:
          </b>{' '}
          {finding.verification.outcome.replaceAll('_', ' ')}. <CutText text={finding.verification.reason} />
        </p>
      )}
      <SuppressionReason suppression={finding.suppression} />
      {finding.doubt && (
        <p class="muted">
          <CutText text={finding.doubt} />
        </p>
      )}
    </article>
  );
}

/** Why findings stand beside their quotes alone. */
function Missing({ assessment, worker }: { assessment: AssessmentView; worker: WorkerAssessment }): ComponentChild {
  const { reason } = assessment.missing.find(({ workerId }) => workerId === worker.workerId) ?? {};
  if (reason === undefined) return null;
  return (
    <p class="muted">
      Lines around some quotes are not here. <CutText text={reason} />
    </p>
  );
}

/** What tells how much a finding counts. */
function Marks({ worker, finding }: { worker: WorkerAssessment; finding: Finding }): ComponentChild {
  const { agreement, verified, tolerated, gating, known, change, origin } = finding;
  return (
    <>
      {gating && <Badge tone="bad" icon="failed" word="fails the gate" />}
      <SinceBadge since={finding.since} />
      <SuppressionBadge suppression={finding.suppression} />
      {known && <Badge tone="plain" icon="empty" word="known" title="The baseline has it." />}
      {verified ? (
        <Badge
          tone="good"
          icon="answered"
          word="quote found"
          title={
            tolerated.length > 0 ? `But for: ${tolerated.join(', ')}` : 'The quote is in the file, at these lines.'
          }
        />
      ) : (
        <Badge tone="warn" icon="warning" word="quote not found" title="It never fails the gate." />
      )}
      {worker.samples > 1 && (
        <span class="muted">
          in {agreement} of {worker.samples} samples
        </span>
      )}
      <span class="muted">{[change, origin].filter(Boolean).join(', ')}</span>
    </>
  );
}

function rankOf(severity: Finding['severity']): number {
  return SEVERITIES.indexOf(severity);
}
