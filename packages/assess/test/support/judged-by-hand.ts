import type { AssessOptions, WorkerSpec } from '../../src/api/options.ts';
import type { AssessmentResult } from '../../src/api/result.ts';
import type { WorkerAssessment } from '../../src/api/worker-assessment.ts';
import { withWork } from '../../src/base/given.ts';
import { renamesOf } from '../../src/base/renames.ts';
import { collectEvidence } from '../../src/evidence/collect-evidence.ts';
import type { JudgeFinding } from '../../src/findings/judge-finding.ts';
import { aggregate } from '../../src/verdict/aggregate.ts';
import { comparedWith, judgedAssessment } from '../../src/verdict/assessment.ts';
import { applyDefaults, decide, decideAll } from '../../src/verdict/verdict.ts';
import { resultOf } from './results.ts';

/** A place in the text of a file, found by its words, as a judge's finding. */
export function planted(
  documents: ReadonlyMap<string, readonly string[]>,
  file: string,
  words: string,
  given: Partial<JudgeFinding> = {},
  extent: { before?: number; after?: number } = {},
): JudgeFinding {
  const lines = documents.get(file) ?? [];
  const at = lines.findIndex((line) => line.includes(words));
  if (at < 0) throw new Error(`no "${words}" in ${file}, of ${[...documents.keys()].join(', ')}`);
  const first = Math.max(0, at - (extent.before ?? 0));
  const last = Math.min(lines.length - 1, at + (extent.after ?? 0));
  return {
    severity: 'high',
    category: 'security',
    rule: 'sql-injection',
    message: 'Input reaches the query without being bound.',
    file,
    startLine: first + 1,
    endLine: last + 1,
    quote: lines.slice(first, last + 1).join('\n'),
    ...given,
  };
}

type Judge = (documents: ReadonlyMap<string, readonly string[]>) => JudgeFinding[];

/** A worker judged by a function: the evidence, the renames and all that is made of them are real, only the model is not. */
export async function judgedByHand(
  worker: WorkerSpec,
  judge: Judge,
  options: AssessOptions = {},
): Promise<AssessmentResult> {
  const before = options.previous?.workers.find(({ workerId }) => workerId === worker.id) ?? null;
  const [renames, evidence] = await withWork(worker, options, undefined, async (spec, work) => [
    await renamesOf(work, options.gate ?? {}, before),
    await collectEvidence(spec, options, undefined, work),
  ]);
  const present = evidence.documents.map(({ name, lines }): [string, string[]] => {
    return [name, lines.filter(({ mark }) => mark !== '-').map(({ text }) => text)];
  });
  const grade = { level: 'good' as const, reason: 'By hand.' };
  const answer = {
    dimensions: { codeQuality: grade, security: grade, gitHygiene: grade },
    criteria: {},
    findings: judge(new Map(present)),
    summary: 'By hand.',
  };
  const judged = { samples: [{ answer, coverage: 1 }], refused: [], unread: new Set<string>(), error: null };
  const assessed = await judgedAssessment(worker.id, { evidence, chars: 1 }, judged, []);
  const compared = comparedWith(before, assessed, evidence, renames);
  return ofWorkers([decide({ ...compared, policyChanges: [] }, options.gate)], options);
}

function ofWorkers(workers: WorkerAssessment[], { gate }: AssessOptions): AssessmentResult {
  const { rlmMetrics } = resultOf([]);
  return {
    ...decideAll(workers),
    gate: applyDefaults(gate),
    workers,
    aggregateFindings: aggregate(workers),
    rlmMetrics,
  };
}
