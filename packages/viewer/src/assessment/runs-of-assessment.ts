import { createHash } from 'node:crypto';
import type { AssessmentResult, WorkerAssessment } from '@rlm-bridge/assess';
import type { RunStore } from 'rlm-bridge';
import { readJournal } from 'rlm-bridge/journal';
import { contextTexts } from '../sources/context-texts.ts';

/** A run of the judge, by what its id says. */
export interface NamedRun {
  workerId: string;
  /** From 1. */
  sample: number;
  runId: string;
}

interface FoundRun extends NamedRun {
  assessmentId: string;
  /** Which part of the work it read; null: it judged the whole. */
  reading: number | null;
  attempt: number;
}

/** As `assessWorkers` names runs: assessment, worker in readable letters and by its hash, sample, reading and attempt. */
const RUN_ID = /^(.+):[A-Za-z0-9._-]*-([0-9a-f]{16}):(\d+)(?:r(\d+))?\.(\d+)$/s;

/**
 * The runs that judged, one for each sample, and for each part where the work was read by parts: of several attempts the last one counts. A result does not say which assessment of
 * the store it is: without an id it is the newest one that judged the same evidence.
 */
export async function runsOfAssessment(
  { workers }: AssessmentResult,
  store: RunStore,
  assessmentId?: string,
): Promise<NamedRun[]> {
  const assessments = Map.groupBy(await runsOfWorkers(workers, store), (run) => run.assessmentId);
  const chosen =
    assessmentId === undefined ? await fitting(workers, assessments, store) : assessments.get(assessmentId);
  const last = new Map<string, FoundRun>();
  for (const run of chosen ?? []) {
    const key = `${run.sample} ${run.reading} ${run.workerId}`;
    if ((last.get(key)?.attempt ?? 0) < run.attempt) last.set(key, run);
  }
  const place = (id: string) => workers.findIndex(({ workerId }) => workerId === id);
  return [...last.values()]
    .sort((a, b) => place(a.workerId) - place(b.workerId) || a.sample - b.sample || (a.reading ?? 0) - (b.reading ?? 0))
    .map(({ workerId, sample, runId }) => ({ workerId, sample, runId }));
}

/** Of all assessments of the store, the newest first. */
async function runsOfWorkers(workers: AssessmentResult['workers'], store: RunStore): Promise<FoundRun[]> {
  const byHash = new Map(workers.map(({ workerId }) => [hashOf(workerId), workerId]));
  const found: FoundRun[] = [];
  for await (const { runId } of store.list()) {
    const [, assessmentId = '', hash = '', sample, part, attempt] = RUN_ID.exec(runId) ?? [];
    const workerId = byHash.get(hash);
    if (workerId === undefined) continue;
    const reading = part === undefined ? null : Number(part);
    found.push({ workerId, sample: Number(sample), reading, runId, assessmentId, attempt: Number(attempt) });
  }
  return found;
}

/** As `assessWorkers` tells workers apart in the ids of runs. */
function hashOf(workerId: string): string {
  return createHash('sha256').update(workerId).digest('hex').slice(0, 16);
}

/** The assessment with the most workers whose evidence is that of the result, the newest of equals. */
async function fitting(
  workers: AssessmentResult['workers'],
  assessments: ReadonlyMap<string, FoundRun[]>,
  store: RunStore,
): Promise<FoundRun[] | undefined> {
  let best: { runs: FoundRun[]; fits: number } | undefined;
  for (const runs of assessments.values()) {
    let fits = 0;
    for (const { workerId, evidence } of workers) {
      const own = runs.filter((one) => one.workerId === workerId);
      const run = own.find(({ reading }) => reading !== null) ?? own[0];
      if (run !== undefined && (await isOf(evidence, store, run))) fits += 1;
    }
    if (fits > (best?.fits ?? 0)) best = { runs, fits };
    if (fits === workers.length) break;
  }
  return best?.runs;
}

/** A run over the whole had all of the evidence; the reading of a part had some of its documents. */
async function isOf(evidence: WorkerAssessment['evidence'], store: RunStore, run: FoundRun): Promise<boolean> {
  const documents = await documentsOfContext(store, run.runId);
  if (documents === null) return false;
  if (run.reading !== null) return documents.every(({ name }) => evidence.documents.includes(name ?? ''));
  return documents.reduce((sum, { chars }) => sum + chars, 0) === evidence.chars;
}

/** Null: the run has no context that could be read. */
async function documentsOfContext(
  store: RunStore,
  runId: string,
): Promise<{ name: string | null; chars: number }[] | null> {
  try {
    for await (const record of readJournal(store, runId)) {
      if (record.record !== 'run' || record.context === null) return null;
      const { documents } = await contextTexts(store, runId, record.context);
      return documents.map(({ name, text }) => ({ name, chars: text?.length ?? 0 }));
    }
  } catch {
    // A journal that cannot be read is of no assessment that could be shown.
  }
  return null;
}
