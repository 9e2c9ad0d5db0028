import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isInside } from '@rlm-bridge/files';
import { visibleLines } from '@rlm-bridge/text';
import picomatch from 'picomatch';
import { type AssessOptions, DEFAULT_ASSESS_OPTIONS, type WorkerSpec } from '../api/options.ts';
import type { Provenance } from '../api/worker-assessment.ts';
import { attributed } from './attributed.ts';
import {
  type Collection,
  type Evidence,
  type EvidenceDocument,
  OTHER,
  plainLines,
  type SourcedCollection,
  withUniqueNames,
} from './document.ts';
import { whyNothing } from './find-work.ts';
import { fromFiles, fromLogs } from './from-files.ts';
import { fromGit } from './from-git.ts';
import type { GitWork } from './git-work.ts';
import { type Limits, ReadingLimits } from './limits.ts';

/**
 * Everything that one worker is judged by. Reads only: nothing is checked out, fetched or written.
 * @param inGit The work, opened; null: it is in no repository.
 * @throws {WorkerError} when the work cannot be read, and when there is some of which nobody can be shown any.
 */
export async function collectEvidence(
  spec: WorkerSpec,
  options: AssessOptions,
  signal: AbortSignal | undefined,
  inGit: GitWork | null,
): Promise<Evidence> {
  const cwd = resolve(options.cwd ?? process.cwd());
  const limits: Limits = {
    maxFileChars: options.maxFileChars ?? DEFAULT_ASSESS_OPTIONS.maxFileChars,
    isExcluded: picomatch([...(options.exclude ?? [])], { dot: true }),
    isNotWork: await insideAny((options.notWork ?? []).map((path) => resolve(cwd, path))),
    followLinks: options.followLinks ?? false,
    reading: new ReadingLimits(options),
    signal,
  };
  const criteria = spec.criteria ?? options.criteria;
  const work = inGit === null ? await workOutsideGit(spec, cwd, limits) : await fromGit(inGit, limits);
  return await attributed(work.provenance, () => evidenceOf(work, spec, { criteria, cwd, limits }));
}

/** The work, and what it is judged by besides. */
async function evidenceOf(
  work: SourcedCollection,
  spec: WorkerSpec,
  { criteria, cwd, limits }: { criteria: string | undefined; cwd: string; limits: Limits },
): Promise<Evidence> {
  const parts: Collection[] = [
    work,
    { documents: criteria === undefined ? [] : [criteriaDocument(criteria)], omitted: [] },
    await fromLogs(spec.logs ?? [], cwd, 'log', limits),
    await fromLogs(spec.outputs ?? [], cwd, 'transcript', limits),
  ];
  const documents = parts.flatMap((part) => part.documents).filter(({ lines }) => lines.length > 0);
  const omitted = parts.flatMap((part) => part.omitted);
  const found = { documents: withUniqueNames(documents), omitted };
  return { ...found, provenance: work.provenance, nothingToJudge: whyNothing(found, spec) };
}

async function workOutsideGit(spec: WorkerSpec, cwd: string, limits: Limits): Promise<SourcedCollection> {
  const outsideGit = { branch: null, base: null, head: null, dirty: null };
  const { files, diff } = spec;
  if (files !== undefined) {
    const provenance: Provenance = { source: 'files', path: cwd, ...outsideGit };
    return await attributed(provenance, async () => ({ ...(await fromFiles(files, cwd, limits)), provenance }));
  }
  if (diff !== undefined) {
    const provenance: Provenance = { source: 'diff', path: null, ...outsideGit };
    // Work is seldom given as a patch.
    const { fromDiff } = await import('./from-diff.ts');
    return await attributed(provenance, async () => ({ ...fromDiff(diff, limits), provenance }));
  }
  return { documents: [], omitted: [], provenance: { source: 'outputs', path: cwd, ...outsideGit } };
}

/** Whether a path is one of these or in one of them, by its name or by where that leads. */
async function insideAny(places: readonly string[]): Promise<(path: string) => boolean> {
  const real = await Promise.all(places.map((place) => realpath(dirname(place)).catch(() => dirname(place))));
  const all = [...places, ...places.map((place, at) => join(real[at] ?? '', basename(place)))];
  return (path) => all.some((place) => isInside(place, path));
}

function criteriaDocument(criteria: string): EvidenceDocument {
  return { name: `${OTHER}criteria`, kind: 'criteria', facts: [], lines: plainLines(visibleLines(criteria)) };
}
