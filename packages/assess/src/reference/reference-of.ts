import picomatch from 'picomatch';
import type { AssessOptions } from '../api/options.ts';
import type { Provenance } from '../api/worker-assessment.ts';
import { Git } from '../evidence/git.ts';
import { BaseTree } from './base-tree.ts';

/** Environments whose REPL has functions of ours. */
const WITH_TOOLS: readonly string[] = ['auto', 'docker', 'landlock', 'local'];

/** The repository as a work found it, where the judge is to search it; null: it is not, or there is none. */
export function referenceOf(
  provenance: Provenance,
  { reference, presets = [], judge = {}, exclude = [], signal }: AssessOptions,
): BaseTree | null {
  const { path, base } = provenance;
  if (path === null || base === null || !(reference ?? presets.includes('dry'))) return null;
  const { strategy, environment = 'docker' } = judge;
  // Where nobody asked for it, a judge that can have no functions is none the worse.
  if (reference === undefined && (strategy === 'direct' || !WITH_TOOLS.includes(environment))) return null;
  return new BaseTree(new Git(path, signal), base, picomatch([...exclude], { dot: true }));
}
