import type { z } from 'zod';
import type { Criterion } from '../api/options.ts';
import type { Dimension } from '../api/terms.ts';
import type { Evidence, EvidenceDocument } from '../evidence/document.ts';
import { Pace } from '../evidence/pace.ts';
import { hasSuppressions } from '../findings/suppressions.ts';
import { type ReadingAnswer, readingSchema } from '../judge/answer.ts';
import { charsOf } from '../judge/context.ts';
import { workKey } from '../judge/judgement-key.ts';
import { overviewOf } from '../judge/overview.ts';
import type { JudgeRequest } from '../judge/request.ts';
import { judgeableDimensions } from '../verdict/score.ts';
import { groupsOf } from './groups.ts';
import { type Pair, pairsOf } from './pairs.ts';
import { readingQuery, verdictQuery } from './queries.ts';

/** A part of the work that is read by itself. */
export interface Group {
  documents: readonly EvidenceDocument[];
  context: Record<string, string>;
  chars: number;
  query: string;
  schema: z.ZodType<ReadingAnswer>;
  /** What its reading is kept by. */
  work: string;
}

/** How a work is judged by parts. */
export interface ReadingPlan {
  groups: readonly Group[];
  pairs: readonly Pair[];
  /** What whoever judges the whole is shown itself, beside what the readings say. */
  shown: readonly EvidenceDocument[];
  /** What is asked of whoever judges the whole. */
  query: string;
  /** What pairs are judged by, beside their lines: the query and the acceptance criteria. */
  pairsBy: string;
}

/** What speaks of the whole work is shown to whoever judges it, up to so many characters each; longer ones are read apart. */
const SHOWN_CHARS = 24_000;
/** What no part can tell. */
const OF_THE_WHOLE: readonly Dimension[] = ['completeness'];

/** Null: the work is one part, and is judged as a whole. */
export async function planReadings(
  { documents, omitted }: Pick<Evidence, 'documents' | 'omitted'>,
  { context, dimensions, beside }: Pick<JudgeRequest, 'context' | 'dimensions' | 'beside'>,
  criteria: readonly Criterion[],
  signal?: AbortSignal,
): Promise<ReadingPlan | null> {
  const sizeOf = ({ name }: EvidenceDocument) => context[name]?.length ?? 0;
  const [files, others] = parted(documents, ({ kind }) => kind === 'file');
  const [shown, long] = parted(others, (one) => one.kind === 'criteria' || sizeOf(one) <= SHOWN_CHARS);
  const parts = [...groupsOf(files, sizeOf), ...long.map((one) => [one])];
  if (parts.length < 2) return null;
  const pace = new Pace(signal);
  const asked = documents.filter(({ kind }) => kind === 'criteria');
  const groups: Group[] = [];
  for (const part of parts) groups.push(await groupOf([...part, ...asked], context, criteria, signal));
  const pairs = await pairsOf(parts, pace);
  const notShown = overviewOf({ documents: [], omitted }).lines;
  const list = { name: 'evidence:not-shown', kind: 'log', facts: ['what is not shown'], lines: notShown } as const;
  const query = verdictQuery({ dimensions, criteria, hasSuppressions: hasSuppressions(documents) }, beside);
  const pairsBy = JSON.stringify([query, asked.map(({ name }) => context[name])]);
  return { groups, pairs, shown: notShown.length > 0 ? [...shown, list] : shown, query, pairsBy };
}

async function groupOf(
  documents: readonly EvidenceDocument[],
  all: Record<string, string>,
  criteria: readonly Criterion[],
  signal: AbortSignal | undefined,
): Promise<Group> {
  const context = Object.fromEntries(documents.map(({ name }) => [name, all[name] ?? '']));
  const dimensions = judgeableDimensions(documents).filter((name) => !OF_THE_WHOLE.includes(name));
  const query = readingQuery({ dimensions, criteria, hasSuppressions: hasSuppressions(documents) });
  const schema = readingSchema(
    dimensions,
    criteria.map(({ id }) => id),
  );
  return {
    documents,
    context,
    chars: charsOf(context),
    query,
    schema,
    work: await workKey({ context, query }, signal),
  };
}

function parted<T>(all: readonly T[], holds: (one: T) => boolean): [T[], T[]] {
  return [all.filter(holds), all.filter((one) => !holds(one))];
}
