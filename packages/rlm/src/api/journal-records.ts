import type { RLMCallCompletedEvent, RLMCallStartedEvent, RLMEvent } from './events.ts';
import type { JSONValue } from './json.ts';
import type { RLMRecordedContext, RLMRecordedLimits, RLMRecordedOptions, RLMRecordedVersions } from './recorded-run.ts';
import type { RLMAnswerProblem } from './repl-events.ts';

/** What every record of a journal has. */
export interface RLMJournalEntry {
  /** Number of the record in its journal, from 0. */
  n: number;
  /** Its time, in milliseconds since the epoch. */
  at: number;
}

/** Where in a run something belongs. */
export interface RLMJournalPlace {
  /** Path of the RLM in the tree. */
  node: string;
  /** Number of the iteration in its node, from 1; 0 before the first. */
  iteration: number;
  /** Number of the code block in its iteration, from 0; 0 where no code asked. */
  codeBlock: number;
  /** A hash of what was asked, by which a resumed run knows it again. */
  key: string;
}

/** The first record of a run. */
export interface RLMJournalRun extends RLMJournalEntry {
  /** Kind of the record. */
  record: 'run';
  /** Version of the journal's format. */
  format: number;
  /** Id of the run. */
  runId: string;
  /** What it was begun with. */
  versions: RLMRecordedVersions;
  /** What it was asked, and how. */
  spec: RLMRecordedOptions;
  /** Its context; null for a turn of a session that brings none. */
  context: RLMRecordedContext | null;
  /** The run that it was forked from: its next `records` records are of that one. Null: none. */
  forkedFrom: {
    /** Id of that run. */
    runId: string;
    /** The iteration of the root that is the fork's own first. */
    iteration: number;
    /** How many records were taken over. */
    records: number;
  } | null;
}

/** The first record of a session; each of its turns has what stands here, too. */
export interface RLMJournalSession extends RLMJournalEntry {
  /** Kind of the record. */
  record: 'session';
  /** Version of the journal's format. */
  format: number;
  /** Id of the session. */
  sessionId: string;
  /** What it was begun with. */
  versions: RLMRecordedVersions;
  /** What holds for every turn. */
  spec: Omit<RLMRecordedOptions, 'query' | 'session' | 'limits' | 'logDir' | 'answer'>;
}

/** A turn of a session begins: up to the next, what follows is what a run has after its first record. */
export interface RLMJournalTurn extends RLMJournalEntry {
  /** Kind of the record. */
  record: 'turn';
  /** Number of the turn, from 1. */
  turn: number;
  /** Id of the run that it is. */
  runId: string;
  /** What is its own. */
  spec: Pick<RLMRecordedOptions, 'query' | 'limits' | 'logDir' | 'answer'>;
  /** The context that it brings; null: none. */
  context: RLMRecordedContext | null;
}

/** A session was closed by its user. */
export interface RLMJournalClosed extends RLMJournalEntry {
  /** Kind of the record. */
  record: 'closed';
}

/** A process takes the run: the first one, or one that goes on with it. */
export interface RLMJournalLife extends RLMJournalEntry {
  /** Kind of the record. */
  record: 'life';
  /** Which one, from 1. */
  life: number;
  /** What it works with. */
  versions: RLMRecordedVersions;
  /** What holds from here on. */
  limits: RLMRecordedLimits;
}

/** Something was told of the run; calls, replayed ones and the end are records of their own. */
export interface RLMJournalEvent extends RLMJournalEntry {
  /** Kind of the record. */
  record: 'event';
  /** What was told. */
  event: RLMEvent;
}

/** A model call is about to be made. */
export interface RLMJournalIntent extends RLMJournalEntry, RLMJournalPlace {
  /** Kind of the record. */
  record: 'call.intent';
  /** Its event. */
  event: RLMCallStartedEvent;
  /** The prompt: the first `kept` messages are those of the last call of the same node and role, then come these. */
  prompt: {
    /** How many messages of the last call come first. */
    kept: number;
    /** The messages after them. */
    messages: { [field: string]: JSONValue }[];
  };
  /** JSON Schema that the reply is to fit; null: none. */
  schema: JSONValue;
  /** The most that it can cost, in US dollars; null: not known. */
  reservedUsd: number | null;
}

/** How a model call ended. */
export interface RLMJournalReply extends RLMJournalEntry {
  /** Kind of the record. */
  record: 'call.reply';
  /** Its event. */
  event: RLMCallCompletedEvent;
  /** What the model said; empty when it said nothing. */
  text: string;
}

/** A child begins. */
export interface RLMJournalChild extends RLMJournalEntry, RLMJournalPlace {
  /** Kind of the record. */
  record: 'child.spawned';
  /** Its path in the tree. */
  child: string;
}

/** A code block that did not come to its end, or that found its variables gone. */
export interface RLMJournalCutBlock extends RLMJournalEntry, Omit<RLMJournalPlace, 'key'> {
  /** Kind of the record. */
  record: 'block.cut';
  /** How it ended. */
  status: 'ok' | 'error' | 'timed_out' | 'interpreter_died';
  /** What it had printed. */
  stdout: string;
  /** What it had printed as errors. */
  stderr: string;
  /** Whether it found its variables gone. */
  lostBefore: boolean;
  /** Whether it lost them. */
  lostWithin: boolean;
}

/** What a host tool came to. */
export interface RLMJournalTool extends RLMJournalEntry, RLMJournalPlace {
  /** Kind of the record. */
  record: 'tool';
  /** Name of the call in its run. */
  call: string;
  /** Name of the tool. */
  tool: string;
  /** What it returned, or why it failed. */
  outcome:
    | {
        /** It returned. */
        kind: 'value';
        /** What it returned. */
        value: JSONValue;
      }
    | {
        /** It failed. */
        kind: 'error';
        /** Why. */
        message: string;
      };
}

/** What this process said of an answer. */
export interface RLMJournalVerdict extends RLMJournalEntry, RLMJournalPlace {
  /** Kind of the record. */
  record: 'verdict';
  /** The answer. */
  text: string;
  /** The value that the schema took; null: it was refused. */
  accepted: {
    /** Before the schema made anything of it. */
    value: JSONValue;
  } | null;
  /** What is wrong with it. */
  problems: RLMAnswerProblem[];
}

/** How a life of the run ended. A life without one was killed. */
export interface RLMJournalEnd extends RLMJournalEntry {
  /** Kind of the record. */
  record: 'end';
  /** Milliseconds that the run took, over all lives. */
  durationMs: number;
  /** How. */
  end:
    | {
        /** It has an answer. */
        kind: 'answered';
        /** The text of it. */
        answer: string;
      }
    | {
        /** It has none. */
        kind: 'failed';
        /** Literal code of the failure. */
        code: string;
        /** Why, in one word; null: it never ran. */
        stopReason: string | null;
        /** What went wrong and what to do, for a person. */
        message: string;
        /** What the model held as its answer; null: nothing. */
        partialAnswer: string | null;
        /** The end of what the worker wrote to its standard error; null: it did not die. */
        workerStderr: string | null;
      }
    | {
        /** Its caller ended it. */
        kind: 'aborted';
        /** What the model held as its answer; null: nothing. */
        partialAnswer: string | null;
      };
}

/** A record of a journal, whole: nothing that an earlier one says is left out. Branch on `record`. */
export type RLMJournalRecord =
  | RLMJournalRun
  | RLMJournalSession
  | RLMJournalTurn
  | RLMJournalClosed
  | RLMJournalLife
  | RLMJournalEvent
  | RLMJournalIntent
  | RLMJournalReply
  | RLMJournalChild
  | RLMJournalCutBlock
  | RLMJournalTool
  | RLMJournalVerdict
  | RLMJournalEnd;
