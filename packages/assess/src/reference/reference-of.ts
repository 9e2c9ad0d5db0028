import picomatch from 'picomatch';
import type { AssessOptions } from '../api/options.ts';
import type { Provenance } from '../api/worker-assessment.ts';
import { Git } from '../evidence/git.ts';
import { BaseTree } from './base-tree.ts';
import { GivenDocuments } from './given-documents.ts';
import { JoinedTree } from './joined-tree.ts';
import type { ReferenceTree } from './reference-tree.ts';

/** Environments whose REPL has functions of ours. */
const WITH_TOOLS: readonly string[] = ['auto', 'docker', 'landlock', 'local'];

/** What the judge of a work may search: the repository as the work found it, and documents of the caller; null: neither. */
export function referenceOf(provenance: Provenance, options: AssessOptions): ReferenceTree | null {
  const { context = {}, signal } = options;
  const base = baseOf(provenance, options);
  const given = Object.keys(context).length === 0 ? null : new GivenDocuments(context, signal);
  return base !== null && given !== null ? new JoinedTree(base, given) : (base ?? given);
}

function baseOf(
  { path, base }: Provenance,
  { reference, presets = [], judge = {}, exclude = [], signal }: AssessOptions,
): BaseTree | null {
  if (path === null || base === null || !(reference ?? presets.includes('dry'))) return null;
  const { strategy, environment = 'docker' } = judge;
  // Where nobody asked for it, a judge that can have no functions is none the worse.
  if (reference === undefined && (strategy === 'direct' || !WITH_TOOLS.includes(environment))) return null;
  return new BaseTree(new Git(path, signal), base, picomatch([...exclude], { dot: true }));
}
