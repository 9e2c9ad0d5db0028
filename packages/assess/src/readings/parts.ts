import type { AssessOptions, Criterion } from '../api/options.ts';
import { DEFAULT_ASSESS_OPTIONS } from '../api/options.ts';
import type { Evidence } from '../evidence/document.ts';
import { weightOf } from '../judge/budget.ts';
import type { JudgeRequest } from '../judge/request.ts';
import { type KeptParts, KeptReadings } from './kept-readings.ts';
import { pairText } from './pairs.ts';
import { planReadings, type ReadingPlan } from './plan.ts';

/** What a run of the judge is given. */
export interface RunSize {
  chars: number;
  documents: number;
}

/** A work that is judged by parts, and what is kept of them. */
export interface Parts {
  plan: ReadingPlan;
  /** Of each sample, the first one first. */
  kept: readonly KeptParts[];
}

/** Characters of what is said of one part, about, before it is said. */
const SAID_CHARS = 800;

/** Null: it is judged as a whole, for that was asked, or it is one part. */
export async function partsOf(
  evidence: Evidence,
  request: JudgeRequest,
  criteria: readonly Criterion[],
  options: AssessOptions,
  signal?: AbortSignal,
): Promise<Parts | null> {
  if (options.incremental !== true) return null;
  const plan = await planReadings(evidence, request, criteria, signal);
  if (plan === null) return null;
  const readings = new KeptReadings(options);
  const kept: KeptParts[] = [];
  for (let sample = 1; sample <= (options.samples ?? DEFAULT_ASSESS_OPTIONS.samples); sample++) {
    kept.push(await readings.find(plan, sample));
  }
  return { plan, kept };
}

/** How many readings are kept and how many are to be made, in all samples. */
export function readingsOf({ kept }: Parts): { kept: number; toMake: number } {
  const all = kept.flatMap(({ readings }) => readings);
  const toMake = all.filter((reading) => reading === null).length;
  return { kept: all.length - toMake, toMake };
}

/** The runs that a work takes, over all samples: readings that are not kept, and one over them all for each sample. */
export function runsOf(request: JudgeRequest, parts: Parts | null, samples: number): RunSize[] {
  if (parts === null) {
    const whole = { chars: request.chars, documents: Object.keys(request.context).length };
    return Array.from({ length: samples }, () => whole);
  }
  const { groups } = parts.plan;
  return parts.kept.flatMap((kept) => [
    ...groups.flatMap(({ chars, context }, at) =>
      kept.readings[at] === null ? [{ chars, documents: Object.keys(context).length }] : [],
    ),
    verdictSize(parts.plan, request, kept.pairs),
  ]);
}

/** The runs' parts of the money. */
export function runWeights(request: JudgeRequest, parts: Parts | null, samples: number): number[] {
  return runsOf(request, parts, samples).map(({ chars }) => weightOf(chars));
}

/** What whoever judges the whole is given, about: what the readings say is not known before. */
export function verdictSize(
  { groups, pairs, shown }: ReadingPlan,
  { context }: Pick<JudgeRequest, 'context'>,
  ofPairs: KeptParts['pairs'],
): RunSize {
  const newPairs = pairs.filter((_, at) => (ofPairs[at] ?? null) === null);
  const chars =
    groups.length * SAID_CHARS +
    newPairs.reduce((sum, pair) => sum + pairText(pair).length, 0) +
    shown.reduce((sum, { name }) => sum + (context[name]?.length ?? 0), 0);
  return { chars, documents: 1 + newPairs.length + shown.length };
}
