import {
  type AssessmentResult,
  type ExcerptLine,
  excerptsOfWork,
  type WorkerAssessment,
  type WorkerSpec,
} from '@rlm-bridge/assess';
import type { RunStore } from 'rlm-bridge';
import type { AssessmentView, ExcerptView } from '../model/assessment-view.ts';
import type { ViewSource } from '../model/view-source.ts';
import { withoutSecrets } from '../texts/secret-values.ts';
import { judgedRun } from './judged-run.ts';
import { type NamedRun, runsOfAssessment } from './runs-of-assessment.ts';

/** The store that the runs of an assessment were kept in. */
export interface AssessmentStore {
  store: RunStore;
  /** The same store, as what a page shows of it. */
  runs: ViewSource;
  /** Which assessment of the store it is; undefined: it is looked for. */
  assessmentId: string | undefined;
}

/**
 * What a page shows of an assessment: the lines around its findings are those that the judge had, else those of the work.
 * `given`: the workers as they were given to be judged, of which patches are kept nowhere else.
 */
export async function assessmentView(
  result: AssessmentResult,
  kept: AssessmentStore | null,
  given: readonly WorkerSpec[] = [],
): Promise<AssessmentView> {
  const runs = kept === null ? [] : await runsOfAssessment(result, kept.store, kept.assessmentId);
  const view: AssessmentView = { result, excerpts: [], missing: [], runs: [], calls: [] };
  const hide = withoutSecrets(process.env);
  for (const worker of result.workers) {
    const { workerId } = worker;
    const mine = runs.filter((run) => run.workerId === workerId);
    const excerpts = kept === null ? [] : await addRuns(view, worker, mine, kept.runs);
    const shown = new Set(excerpts.map(({ findingId }) => findingId));
    const findings = worker.findings.filter(({ id }) => !shown.has(id));
    const spec = given.find(({ id }) => id === workerId);
    const work = await excerptsOfWork({ ...worker, findings }, spec);
    for (const { findingId, lines } of work.excerpts) excerpts.push({ workerId, findingId, from: 'work', lines });
    view.excerpts.push(
      ...excerpts.map((excerpt) => ({ ...excerpt, lines: excerpt.lines.map((line) => hidden(line, hide)) })),
    );
    if (work.missing !== null) view.missing.push({ workerId, reason: work.missing });
  }
  return view;
}

/** Adds what the runs of a worker tell. @returns the lines that they have */
async function addRuns(
  view: AssessmentView,
  { workerId, findings }: WorkerAssessment,
  runs: readonly NamedRun[],
  source: ViewSource,
): Promise<ExcerptView[]> {
  const excerpts = new Map<string, ExcerptView>();
  for (const run of runs) {
    const { sample, runId } = run;
    const judged = await judgedRun(source, run, findings);
    view.runs.push({ workerId, sample, runId, unread: judged.unread });
    for (const call of judged.calls) view.calls.push({ workerId, sample, runId, ...call });
    for (const { findingId, lines } of judged.excerpts) {
      if (!excerpts.has(findingId)) excerpts.set(findingId, { workerId, findingId, from: 'run', lines });
    }
  }
  return [...excerpts.values()];
}

function hidden(line: ExcerptLine, hide: (text: string) => string): ExcerptLine {
  return { ...line, text: hide(line.text) };
}
