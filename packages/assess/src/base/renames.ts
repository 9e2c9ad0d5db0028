import type { AssessOptions, WorkerSpec } from '../api/options.ts';
import type { Rename } from '../api/worker-assessment.ts';
import type { Before } from '../findings/previous.ts';
import { WorkBase } from './work-base.ts';

/** Renames by which a worker's findings are compared with a baseline and with the assessment before. */
export async function renamesOf(
  worker: WorkerSpec,
  { gate = {}, ...options }: AssessOptions,
  before: Before | null,
): Promise<Rename[]> {
  const known = gate.baseline ?? [];
  if (before === null && known.length === 0) return [];
  const entries = known.filter((entry) => typeof entry !== 'string');
  const commits = [...entries.map(({ commit }) => commit), before?.provenance?.head ?? null];
  const base = await WorkBase.of(worker, options);
  return (await base?.renamesSince(commits.filter((commit) => commit !== null))) ?? [];
}
