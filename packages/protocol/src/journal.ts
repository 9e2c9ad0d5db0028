import { z } from 'zod';
import { StopReason } from './codes.ts';
import { WorkerEvent } from './events.ts';
import { count } from './fields.ts';
import { BlockCut, CallIntent, CallReply, ChildSpawned } from './journal-requests.ts';
import { AnswerProblem, EffectKey, ToolOutcome } from './requests.ts';
import { Json, Limits, RunSpec } from './run-spec.ts';

/** Version of the journal's format. A reader refuses a newer one, and reads every older one. */
export const JOURNAL_FORMAT = 1;

// What a journal says, record by record: a header first, then each effect of the run in its order. How a record stands in
// its line, without what goes without saying and with every text once, is in journal-lines.ts.

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** `n` is the number of the record, from 0; `at` its time, in milliseconds since the epoch: its event's, where it has one. */
const record = { n: count, at: z.number() };
const place = { node: z.string(), iteration: count, codeBlock: count, key: EffectKey };

/** Of everything that decides how a run goes beside its options. A run is resumed by the same ones alone. */
export const JournalVersions = z
  .strictObject({
    package: z.string(),
    worker: z.string(),
    rlms: z.string(),
    prompts: z.int(),
    protocol: z.int(),
    python: z.string(),
    priceTable: z.string(),
  })
  .register(z.globalRegistry, { id: 'JournalVersions' });
export type JournalVersions = z.infer<typeof JournalVersions>;

/** Where the context is found again: a blob of the store, or the caller's own files, by path and hash. */
export const JournalContext = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('text'), chars: count, sha256 }),
    z.strictObject({ kind: z.literal('json'), chars: count, sha256 }),
    z.strictObject({ kind: z.literal('file'), bytes: count, sha256, path: z.string() }),
    z.strictObject({
      kind: z.literal('files'),
      bytes: count,
      sha256,
      files: z.array(z.strictObject({ name: z.string(), path: z.string(), sha256 })),
    }),
  ])
  .register(z.globalRegistry, {
    id: 'JournalContext',
    description: 'text and json are blobs; of files, sha256 is that of their hashes.',
  });
export type JournalContext = z.infer<typeof JournalContext>;

export const JournalHeader = z
  .strictObject({
    record: z.literal('run'),
    ...record,
    format: z.int().positive(),
    runId: z.string(),
    versions: JournalVersions,
    spec: RunSpec.omit({ context: true, journal: true }),
    context: JournalContext.nullable(),
    seeds: z.strictObject({ hash: z.int(), random: z.string() }),
    forkedFrom: z.strictObject({ runId: z.string(), iteration: z.int().positive(), records: count }).nullable(),
  })
  .register(z.globalRegistry, {
    id: 'JournalHeader',
    description: 'The first record. After that of a fork come `records` records of the run that it was forked from.',
  });
export type JournalHeader = z.infer<typeof JournalHeader>;

/** What holds for every turn of a session. */
export const SessionSpec = RunSpec.omit({
  query: true,
  context: true,
  session: true,
  limits: true,
  logDir: true,
  answer: true,
  journal: true,
}).register(z.globalRegistry, { id: 'SessionSpec' });
export type SessionSpec = z.infer<typeof SessionSpec>;

/** What is asked in one turn. */
export const TurnSpec = RunSpec.pick({ query: true, limits: true, logDir: true, answer: true }).register(
  z.globalRegistry,
  {
    id: 'TurnSpec',
  },
);
export type TurnSpec = z.infer<typeof TurnSpec>;

export const JournalSession = z
  .strictObject({
    record: z.literal('session'),
    ...record,
    format: z.int().positive(),
    sessionId: z.string(),
    versions: JournalVersions,
    spec: SessionSpec,
    seeds: z.strictObject({ hash: z.int(), random: z.string() }),
  })
  .register(z.globalRegistry, {
    id: 'JournalSession',
    description: 'The first record of a session, which has its turns one after the other.',
  });
export type JournalSession = z.infer<typeof JournalSession>;

export const JournalTurn = z
  .strictObject({
    record: z.literal('turn'),
    ...record,
    turn: z.int().positive(),
    runId: z.string(),
    spec: TurnSpec,
    context: JournalContext.nullable(),
  })
  .register(z.globalRegistry, {
    id: 'JournalTurn',
    description: 'A turn of a session: up to the next, what follows is what the journal of a run has after its header.',
  });
export type JournalTurn = z.infer<typeof JournalTurn>;

/** A process closed the session; another one may open it again. */
export const JournalClosed = z.strictObject({ record: z.literal('closed'), ...record }).register(z.globalRegistry, {
  id: 'JournalClosed',
  description: 'The session was closed, between two turns or after the last.',
});

/** A process takes the run, or the turn: the first one, or one that goes on with it. */
export const JournalLife = z
  .strictObject({
    record: z.literal('life'),
    ...record,
    life: z.int().positive(),
    versions: JournalVersions,
    limits: Limits,
  })
  .register(z.globalRegistry, { id: 'JournalLife' });

export const JournalEvent = z
  .strictObject({ record: z.literal('event'), ...record, event: WorkerEvent })
  .register(z.globalRegistry, { id: 'JournalEvent' });

export const JournalEffect = z
  .strictObject({
    record: z.literal('effect'),
    ...record,
    effect: z.discriminatedUnion('kind', [CallIntent, CallReply, ChildSpawned, BlockCut]),
  })
  .register(z.globalRegistry, { id: 'JournalEffect' });

export const JournalTool = z
  .strictObject({
    record: z.literal('tool'),
    ...record,
    ...place,
    call: z.string(),
    tool: z.string(),
    outcome: ToolOutcome,
  })
  .register(z.globalRegistry, { id: 'JournalTool' });

export const JournalVerdict = z
  .strictObject({
    record: z.literal('verdict'),
    ...record,
    ...place,
    text: z.string(),
    accepted: z.strictObject({ value: Json }).nullable(),
    problems: z.array(AnswerProblem),
  })
  .register(z.globalRegistry, {
    id: 'JournalVerdict',
    description: 'accepted: the value that the schema took, before it made anything of it.',
  });

/** How a life of the run ended. A life without one was killed. */
export const JournalEnd = z
  .strictObject({
    record: z.literal('end'),
    ...record,
    durationMs: z.number().nonnegative(),
    end: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('answered'), answer: z.string() }),
      z.strictObject({
        kind: z.literal('failed'),
        code: z.string(),
        stopReason: StopReason.nullable(),
        message: z.string(),
        partialAnswer: z.string().nullable(),
        workerStderr: z.string().nullable(),
      }),
      z.strictObject({ kind: z.literal('aborted'), partialAnswer: z.string().nullable() }),
    ]),
  })
  .register(z.globalRegistry, { id: 'JournalEnd' });

export const JournalRecord = z
  .discriminatedUnion('record', [
    JournalHeader,
    JournalSession,
    JournalTurn,
    JournalClosed,
    JournalLife,
    JournalEvent,
    JournalEffect,
    JournalTool,
    JournalVerdict,
    JournalEnd,
  ])
  .register(z.globalRegistry, { id: 'JournalRecord' });
export type JournalRecord = z.infer<typeof JournalRecord>;
