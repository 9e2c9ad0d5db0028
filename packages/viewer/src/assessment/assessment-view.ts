import { createHash } from 'node:crypto';
import type { AssessmentResult } from '@rlm-bridge/assess';
import type { RunStore } from 'rlm-bridge';
import type { AssessedDocument, AssessmentView } from '../model/assessment-view.ts';

type Worker = AssessmentResult['workers'][number];

/** What a page shows of an assessment; with the store that its runs were kept in, these too. */
export async function assessmentView(result: AssessmentResult, store: RunStore | undefined): Promise<AssessmentView> {
  const documents = result.workers.flatMap((worker) => quotedDocuments(worker));
  return { result, documents, runs: store === undefined ? [] : await runsOf(result, store) };
}

/** Of each file with findings the lines that they quote, where the lines are those of the file. */
function quotedDocuments({ workerId, findings }: Worker): AssessedDocument[] {
  const files = new Map<string, Map<number, string>>();
  for (const { file, startLine, endLine, quote, verified } of findings) {
    const lines = quote.replace(/\n$/, '').split('\n');
    if (!verified || lines.length !== endLine - startLine + 1) continue;
    const known = files.get(file) ?? new Map<number, string>();
    for (const [place, line] of lines.entries()) known.set(startLine + place, line);
    files.set(file, known);
  }
  return [...files].map(([file, lines]) => ({ workerId, file, excerpts: excerptsOf(lines) }));
}

function excerptsOf(lines: ReadonlyMap<number, string>): AssessedDocument['excerpts'] {
  const excerpts: AssessedDocument['excerpts'] = [];
  for (const [number, line] of [...lines].sort(([a], [b]) => a - b)) {
    const last = excerpts.at(-1);
    if (last !== undefined && last.firstLine + last.lines.length === number) last.lines.push(line);
    else excerpts.push({ firstLine: number, lines: [line] });
  }
  return excerpts;
}

/** An assessment names its runs by worker, sample and attempt; of a sample the last attempt is the one that counts. */
async function runsOf({ workers }: AssessmentResult, store: RunStore): Promise<AssessmentView['runs']> {
  const byHash = new Map(workers.map(({ workerId }) => [hashOf(workerId), workerId]));
  const found = new Map<string, AssessmentView['runs'][number] & { attempt: number }>();
  for await (const { runId } of store.list()) {
    const [, hash = '', sample, attempt] = /-([0-9a-f]{16}):(\d+)\.(\d+)$/.exec(runId) ?? [];
    const workerId = byHash.get(hash);
    if (workerId === undefined) continue;
    const run = { workerId, sample: Number(sample), runId, attempt: Number(attempt) };
    const key = `${hash}:${sample}`;
    if ((found.get(key)?.attempt ?? 0) < run.attempt) found.set(key, run);
  }
  const runs = [...found.values()].map(({ workerId, sample, runId }) => ({ workerId, sample, runId }));
  const place = (id: string) => workers.findIndex(({ workerId }) => workerId === id);
  return runs.sort((a, b) => place(a.workerId) - place(b.workerId) || a.sample - b.sample);
}

/** As `assessWorkers` tells workers apart in the ids of runs. */
function hashOf(workerId: string): string {
  return createHash('sha256').update(workerId).digest('hex').slice(0, 16);
}
