import { z } from 'zod';
import { CallCompleted, CallStarted } from './call-events.ts';
import { WorkerEvent } from './events.ts';
import { count } from './fields.ts';
import {
  JournalClosed,
  JournalEnd,
  JournalHeader,
  JournalLife,
  JournalSession,
  JournalTool,
  JournalTurn,
  JournalVerdict,
} from './journal.ts';
import { BlockCut, CallIntent, CallReply, ChildSpawned, Prompt } from './journal-requests.ts';
import { type Fields, nothingsOf } from './nothing.ts';

// A journal is lines of JSON, each a record, in order. A line is flat: of an event or an effect, the fields of all that it
// has, and what goes without saying is left out. A text that was said before stands in pieces under `texts`, by its place
// in the line, where "" stands instead. Its last field is `sum`: the CRC-32 of the run's id and of the line before it, so
// that a line which was changed, or is of another run, is known.

/** Where in a line a text stands (RFC 6901): "/messages/0/content". */
const Pointer = z.string();

export const TextSlice = z.tuple([count, Pointer, count, count]).register(z.globalRegistry, {
  id: 'TextSlice',
  description:
    'Of the text at a place of an earlier record, the characters from the third number up to the fourth: UTF-16 units, ' +
    'and no surrogate pair is cut. They are said there: a slice of a slice there is none.',
});
export type TextSlice = z.infer<typeof TextSlice>;

export const TextBlob = z.strictObject({ blob: z.string().regex(/^[0-9a-f]{64}$/) }).register(z.globalRegistry, {
  id: 'TextBlob',
  description: 'A large text that is said here, and kept as a blob of the store.',
});

/** A piece of a text: what is said here, or where it was said. */
export const TextPiece = z.union([z.string(), TextSlice, TextBlob]);
export type TextPiece = z.infer<typeof TextPiece>;

export const Texts = z.record(Pointer, z.array(TextPiece).min(1)).register(z.globalRegistry, { id: 'Texts' });

const { type: _started, id: _run, at: _at, ...started } = CallStarted.shape;
const { type: _completed, id: _run2, at: _at2, ...completed } = CallCompleted.shape;
const { kind: _intent, event: _event, prompt: _prompt, ...intent } = CallIntent.shape;
const { kind: _reply, event: _event2, ...reply } = CallReply.shape;
const { kind: _child, ...child } = ChildSpawned.shape;
const { kind: _cut, ...cut } = BlockCut.shape;

/** Events that stand in effects, are told again by whoever reads, or stand as the end. */
const ELSEWHERE = ['call.started', 'call.completed', 'call.replayed', 'run.completed', 'run.failed'];

const EVENTS = WorkerEvent.options.flatMap(({ shape: { type, id: _, at: __, ...fields } }) =>
  ELSEWHERE.includes(type.value) ? [] : [[type.value, fields] as const],
);

function fieldsOf({ shape: { record: _, n: __, at: ___, ...fields } }: { shape: Fields }): Fields {
  return fields;
}

/** The fields of the line of each kind of record. */
export const LINE_FIELDS: Readonly<Record<string, Fields>> = {
  run: fieldsOf(JournalHeader),
  session: fieldsOf(JournalSession),
  turn: fieldsOf(JournalTurn),
  closed: fieldsOf(JournalClosed),
  life: fieldsOf(JournalLife),
  ...Object.fromEntries(EVENTS),
  'call.intent': { ...intent, ...Prompt.shape, ...started },
  'call.reply': { ...reply, ...completed },
  'child.spawned': child,
  'block.cut': cut,
  tool: fieldsOf(JournalTool),
  verdict: fieldsOf(JournalVerdict),
  end: fieldsOf(JournalEnd),
};

/** What is usual where it is not nothing: most is done by the root, and asked of it by its code. */
const USUAL_NODE = '0';
const USUAL: Readonly<Record<string, Record<string, unknown>>> = {
  'call.intent': { role: 'llm_query' },
  'codeBlock.completed': { status: 'ok' },
  'codeBlock.output': { stream: 'stdout' },
  'call.reply': { outcome: 'succeeded', finishReason: 'stop' },
  'tool.completed': { outcome: 'succeeded' },
};

const unsaid = new Map<string, Readonly<Record<string, unknown>>>();

/**
 * What each field of a kind of record is when its line does not say it; beside these, what is known from earlier records. It is
 * found out when a line of the kind is first asked for.
 */
export function unsaidOf(kind: string): Readonly<Record<string, unknown>> {
  const known = unsaid.get(kind);
  if (known !== undefined) return known;
  const fields = LINE_FIELDS[kind];
  if (fields === undefined) return {};
  const found = { ...nothingsOf(fields), ...('node' in fields && { node: USUAL_NODE }), ...USUAL[kind] };
  unsaid.set(kind, found);
  return found;
}

/** The kinds of lines that tell an event. */
export const EVENT_LINES: ReadonlySet<string> = new Set(EVENTS.map(([type]) => type));
