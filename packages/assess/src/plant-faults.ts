import { rm } from 'node:fs/promises';
import { counted } from '@rlm-bridge/text';
import { z } from 'zod';
import type { Label } from './api/calibration.ts';
import { AssessError } from './api/errors.ts';
import { FAULT_KINDS, type FaultKind, type Plant, type PlantedWork, type PlantOptions } from './api/planting.ts';
import { Git } from './evidence/git.ts';
import { issuesOf } from './evidence/worker-schema.ts';
import { type Candidate, candidatesOf } from './planting/candidates.ts';
import type { NewCommit } from './planting/fast-import.ts';
import { FAULT_LABELS, FAULTS, type PlantedFault } from './planting/faults.ts';
import { PlantedOver } from './planting/planted-repository.ts';
import { Random } from './planting/random.ts';
import { isTestFile } from './planting/test-blocks.ts';
import { versionsOf } from './planting/work-versions.ts';

const Options = z.strictObject({
  cwd: z.string().min(1).optional(),
  commit: z.string().min(1).optional(),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional(),
  each: z.int().min(1).max(1000).optional(),
  kinds: z.array(z.enum(FAULT_KINDS)).min(1).optional(),
  folder: z.string().min(1).optional(),
  signal: z.instanceof(AbortSignal).optional(),
} satisfies Record<keyof PlantOptions, z.ZodType>);

/** A change of the copy, before it is a commit. */
interface Change {
  candidate: Candidate;
  /** Null: nothing is wrong with it. */
  planted: { kind: FaultKind; fault: PlantedFault } | null;
}

/**
 * Plants known faults into a copy of a repository. Each is a commit that adds a function of the repository, with its own
 * tests, to files that lack them, and brings one fault along; as many such commits bring none. The copy is a repository in
 * the folder for temporary files, which borrows the objects of the other one: that, and its work tree, is only read.
 * @throws {AssessError} (as a rejection) `invalid_options`, also where the repository has no function that lends itself to it.
 * @example
 * ```ts
 * const planted = await plantFaults({ seed: 7 });
 * const result = await calibrate(planted.labels, { cwd: planted.repository, presets: ['security', 'dry'] });
 * await planted.remove();
 * ```
 */
export async function plantFaults(options: PlantOptions = {}): Promise<PlantedWork> {
  const issues = issuesOf(Options, options, 'options');
  if (issues.length > 0) throw new AssessError('invalid_options', `${issues.join(' ')} Nothing was planted.`);
  const { cwd = process.cwd(), commit = 'HEAD', seed = 1, each = 3, kinds = FAULT_KINDS, folder, signal } = options;
  const over = await PlantedOver.open(cwd, commit, signal);
  const { changes, short } = changesOver(over, { random: new Random(seed), each, kinds });
  const repository = await over.commit(changes.flatMap(commitsOf), folder);
  const ids = await idsOf(new Git(repository, signal), changes.length);
  return {
    repository,
    labels: changes.flatMap((change, at) => labelsOf(change, ids[at] ?? '')),
    plants: changes.flatMap((change, at) => plantOf(change, ids[at] ?? '')),
    short,
    remove: () => rm(repository, { recursive: true, force: true }),
  };
}

/** The functions in a random order, each taken once; a kind takes the first ones that lend themselves to it. */
function changesOver(
  { sources }: PlantedOver,
  { random, each, kinds }: { random: Random; each: number; kinds: readonly FaultKind[] },
): { changes: Change[]; short: string[] } {
  const left = random.shuffled(candidatesOf(sources));
  if (left.length < 2) {
    const words =
      'Faults are planted into functions at the top of TypeScript, JavaScript or Python files whose tests name them';
    throw new AssessError('invalid_options', `${words}, and this commit has ${counted(left.length, 'such function')}.`);
  }
  const others = sources.filter(({ path }) => !isTestFile(path));
  const changes: Change[] = [];
  const short: string[] = [];
  for (const kind of kinds) {
    const before = changes.length;
    for (const candidate of [...left]) {
      if (changes.length - before === each) break;
      const fault = FAULTS[kind](candidate, random, others);
      if (fault === null) continue;
      left.splice(left.indexOf(candidate), 1);
      changes.push({ candidate, planted: { kind, fault } });
    }
    const made = changes.length - before;
    if (made < each)
      short.push(`${kind}: ${made} of ${each}, for want of functions with tests that lend themselves to it`);
  }
  const clean = left.slice(0, changes.length).map((candidate): Change => ({ candidate, planted: null }));
  if (clean.length < changes.length)
    short.push(`clean: ${clean.length} of ${changes.length}, for want of functions with tests`);
  return { changes: [...changes, ...clean], short };
}

function refOf(at: number): string {
  return `refs/heads/planted-${String(at + 1).padStart(3, '0')}`;
}

/** The files before the change, and the change. */
function commitsOf({ candidate, planted }: Change, at: number): NewCommit[] {
  const { before, after } = versionsOf(candidate, planted?.fault ?? null);
  const base = `refs/planted/base-${at + 1}`;
  // What is as it stands in the repository is put back by its text.
  const own = new Map(
    [candidate.file, ...candidate.tests.map(({ file }) => file)].map(({ path, lines }) => [path, lines.join('\n')]),
  );
  const files = new Map([...own, ...after]);
  return [
    { ref: base, message: 'Before', parent: null, files: before },
    { ref: refOf(at), message: `Add ${candidate.fn.name}`, parent: base, files },
  ];
}

async function idsOf(git: Git, count: number): Promise<string[]> {
  const refs = Array.from({ length: count }, (_, at) => refOf(at));
  const printed = await git.run(['rev-parse', ...refs]);
  return String(printed).trim().split('\n');
}

function labelsOf({ planted }: Change, commit: string): Label[] {
  const clean: Label = { label: 'clean', commit };
  if (planted === null) return [clean];
  const [place, ...alsoAt] = planted.fault.places;
  const { rule, also, severity } = FAULT_LABELS[planted.kind];
  return [{ label: 'defect', commit, ...place, rule, also, severity, ...(alsoAt.length > 0 && { alsoAt }) }, clean];
}

function plantOf({ candidate, planted }: Change, commit: string): Plant[] {
  if (planted === null) return [];
  const { rule, severity } = FAULT_LABELS[planted.kind];
  const [{ file, lines }] = planted.fault.places;
  return [{ commit, kind: planted.kind, rule, severity, name: candidate.fn.name, file, lines }];
}
