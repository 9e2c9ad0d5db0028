import { z } from 'zod';
import { LINE_FIELDS, Texts, unsaidOf } from './journal-lines.ts';
import { sparse } from './nothing.ts';

// For JSON Schema alone: whoever reads a journal has no use for it.

const KINDS = Object.keys(LINE_FIELDS).filter((kind) => kind !== 'run');

/** Fields whose value is known from earlier records. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  life: ['versions', 'limits'],
  'call.intent': ['depth', 'backend', 'model'],
  'call.reply': ['node', 'depth', 'role', 'backend', 'model', 'requestedModel', 'totals'],
};

function lineOf(kind: string) {
  const fields = LINE_FIELDS[kind] ?? {};
  const known = KNOWN[kind] ?? [];
  const envelope = {
    n: z.int().nonnegative(),
    at: z.number(),
    texts: Texts.optional(),
    sum: z.string().regex(/^[0-9a-f]{8}$/),
  };
  const said = sparse(fields, { ...unsaidOf(kind), ...Object.fromEntries(known.map((name) => [name, undefined])) });
  return z.strictObject({ record: z.literal(kind), ...said.shape, ...envelope }).register(z.globalRegistry, {
    id: titleOf(kind),
    ...(known.length > 0 && { description: `Known from before: ${known.join(', ')}.` }),
  });
}

function titleOf(kind: string): string {
  return `${kind.replaceAll(/(?:^|\.)(\w)/g, (_, letter: string) => letter.toUpperCase())}Line`;
}

/** A line of a journal as JSON Schema tells it. Whoever reads one makes it whole first. */
export const JournalLine = z
  .discriminatedUnion('record', [lineOf('run'), ...KINDS.map(lineOf)])
  .register(z.globalRegistry, {
    id: 'JournalLine',
    description: 'What a line does not say is its default, or known from earlier lines.',
  });
