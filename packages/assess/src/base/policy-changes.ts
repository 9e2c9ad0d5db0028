import picomatch from 'picomatch';
import type { AssessOptions, WorkerSpec } from '../api/options.ts';
import { WorkBase } from './work-base.ts';

/** The files of the gate's policy that a worker's work touches. They are judged like any other, and told of beside it. */
export async function policyChangesOf(worker: WorkerSpec, options: AssessOptions): Promise<string[]> {
  const { policyFiles = [] } = options;
  if (policyFiles.length === 0) return [];
  const base = await WorkBase.of(worker, options);
  const isPolicy = picomatch([...policyFiles], { dot: true });
  return (await base?.changedPaths())?.filter((path) => isPolicy(path)) ?? [];
}
