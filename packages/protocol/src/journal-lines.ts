import { z } from 'zod';
import { CallCompleted, CallStarted, WorkerEvent } from './events.ts';
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
import { nothingsOf, sparse } from './nothing.ts';

// A journal is lines of JSON, each a record, in order. A line is flat: of an event or an effect, the fields of all that it
// has, and what goes without saying is left out. A text that was said before stands in pieces under `texts`, by its place
// in the line, where "" stands instead. Its last field is `sum`: the CRC-32 of the run's id and of the line before it, so
// that a line which was changed, or is of another run, is known.

const count = z.int().nonnegative();

/** Where in a line a text stands (RFC 6901): "/messages/0/content". */
const Pointer = z.string();

export const TextSlice = z.tuple([count, Pointer, count, count]).meta({
  id: 'TextSlice',
  description:
    'Of the text at a place of an earlier record, the characters from the third number up to the fourth: UTF-16 units, ' +
    'and no surrogate pair is cut. They are said there: a slice of a slice there is none.',
});
export type TextSlice = z.infer<typeof TextSlice>;

export const TextBlob = z
  .strictObject({ blob: z.string().regex(/^[0-9a-f]{64}$/) })
  .meta({ id: 'TextBlob', description: 'A large text that is said here, and kept as a blob of the store.' });

/** A piece of a text: what is said here, or where it was said. */
export const TextPiece = z.union([z.string(), TextSlice, TextBlob]);
export type TextPiece = z.infer<typeof TextPiece>;

export const Texts = z.record(Pointer, z.array(TextPiece).min(1)).meta({ id: 'Texts' });

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

type Fields = Readonly<Record<string, z.ZodType>>;

function fieldsOf({ shape: { record: _, n: __, at: ___, ...fields } }: { shape: Fields }): Fields {
  return fields;
}

/** The fields of the line of each kind of record. */
const FIELDS: Readonly<Record<string, Fields>> = {
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

const KINDS = Object.keys(FIELDS).filter((kind) => kind !== 'run');

/** What is usual where it is not nothing: most is done by the root, and asked of it by its code. */
const USUAL_NODE = '0';
const USUAL: Readonly<Record<string, Record<string, unknown>>> = {
  'call.intent': { role: 'llm_query' },
  'codeBlock.completed': { status: 'ok' },
  'codeBlock.output': { stream: 'stdout' },
  'call.reply': { outcome: 'succeeded', finishReason: 'stop' },
  'tool.completed': { outcome: 'succeeded' },
};

/** Fields whose value is known from earlier records. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  life: ['versions', 'limits'],
  'call.intent': ['depth', 'backend', 'model'],
  'call.reply': ['node', 'depth', 'role', 'backend', 'model', 'requestedModel', 'totals'],
};

/** What each field of a kind of record is when its line does not say it; beside these, what is known from earlier records. */
export const UNSAID: Readonly<Record<string, Readonly<Record<string, unknown>>>> = Object.fromEntries(
  Object.entries(FIELDS).map(([kind, fields]) => [
    kind,
    { ...nothingsOf(fields), ...('node' in fields && { node: USUAL_NODE }), ...USUAL[kind] },
  ]),
);

/** The kinds of lines that tell an event. */
export const EVENT_LINES: ReadonlySet<string> = new Set(EVENTS.map(([type]) => type));

function lineOf(kind: string) {
  const fields = FIELDS[kind] ?? {};
  const known = KNOWN[kind] ?? [];
  const envelope = { n: count, at: z.number(), texts: Texts.optional(), sum: z.string().regex(/^[0-9a-f]{8}$/) };
  const said = sparse(fields, { ...UNSAID[kind], ...Object.fromEntries(known.map((name) => [name, undefined])) });
  return z
    .strictObject({ record: z.literal(kind), ...said.shape, ...envelope })
    .meta({ id: titleOf(kind), ...(known.length > 0 && { description: `Known from before: ${known.join(', ')}.` }) });
}

function titleOf(kind: string): string {
  return `${kind.replaceAll(/(?:^|\.)(\w)/g, (_, letter: string) => letter.toUpperCase())}Line`;
}

/** A line of a journal as JSON Schema tells it. Whoever reads one makes it whole first. */
export const JournalLine = z
  .discriminatedUnion('record', [lineOf('run'), ...KINDS.map(lineOf)])
  .meta({ id: 'JournalLine', description: 'What a line does not say is its default, or known from earlier lines.' });
