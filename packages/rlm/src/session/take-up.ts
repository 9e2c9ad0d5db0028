import type { Recorded, RunSpec, WorkerEvent } from '@rlm-bridge/protocol';
import { RLM_ERROR_CODES } from '../api/codes.ts';
import { RLMError } from '../api/errors.ts';
import type { PreparedContext, StagedContext } from '../context/prepare-context.ts';
import { recordedContext } from '../context/recorded-context.ts';
import { readJournal } from '../journal/journal-reader.ts';
import { RecordedEffects } from '../journal/recorded-effects.ts';
import { TurnRecords } from '../journal/turn-records.ts';
import type { RunPlan } from '../options/run-plan.ts';
import { limitsAgain, NOBODY } from '../run/done-again.ts';
import { RecordedFile } from '../run/recorded-file.ts';
import type { RunEnd } from '../worker/run-end.ts';
import type { WorkerProcess } from '../worker/worker-process.ts';
import type { SessionBook } from './session-book.ts';
import { type KeptTurn, keyOf } from './session-state.ts';

const ANOTHER = 'open a session under another sessionId';

/** Does the turns of a session that are over once more, on its worker: what they left in the REPL is there again. */
export class TakeUp {
  readonly #book: SessionBook;
  readonly #plan: RunPlan;
  readonly #worker: WorkerProcess;
  /** Hears where code went another way than it had. */
  readonly #tell: (event: WorkerEvent) => void;
  /** The files of their contexts: an interpreter's successor gets them again. */
  readonly staged: StagedContext[] = [];

  constructor(book: SessionBook, plan: RunPlan, worker: WorkerProcess, tell: (event: WorkerEvent) => void) {
    this.#book = book;
    this.#plan = plan;
    this.#worker = worker;
    this.#tell = tell;
  }

  /**
   * In their order, and each journal once. Nothing is asked of a model, a tool or a judge.
   * @throws {RLMError} (as a rejection) `context_changed` before any code runs; `replay_diverged`, when that is not
   *   wanted; `session_lost` and others when the REPL cannot be had.
   */
  async run(turns: readonly KeptTurn[], signal: AbortSignal): Promise<void> {
    const wanted = new Map(turns.filter(({ hasActed }) => hasActed).map((turn) => [turn.number, turn]));
    const contexts = await this.#contexts(wanted.values(), signal);
    const records = new TurnRecords();
    const { plan, sessionId } = this.#book;
    let current: TurnAgain | undefined;
    const finish = async () => {
      if (current !== undefined) await this.#doAgain(current, contexts.get(current.turn.number) ?? null, signal);
      current = undefined;
    };
    try {
      for await (const record of wanted.size === 0 ? [] : readJournal(plan.store, sessionId)) {
        const placed = records.take(record);
        if (placed === undefined) continue;
        const turn = wanted.get(placed.turn);
        if (current?.turn !== turn) await finish();
        if (turn === undefined) continue;
        current ??= { turn, recorded: await this.#begin(turn) };
        await current.recorded.take(placed.record, false, (effect) => isDeadly(turn, effect));
      }
      await finish();
    } finally {
      await current?.recorded.remove();
    }
  }

  async #begin({ state }: KeptTurn): Promise<RecordedFile> {
    return await RecordedFile.create(this.#worker.folder, new RecordedEffects(state.divergences, true));
  }

  async #contexts(turns: Iterable<KeptTurn>, signal: AbortSignal): Promise<Map<number, PreparedContext>> {
    const { plan, sessionId } = this.#book;
    const read = (sha256: string) => plan.store.readBlob(sessionId, sha256);
    const found = new Map<number, PreparedContext>();
    for (const { number, state } of turns) {
      const { context } = state.header;
      if (context !== null) found.set(number, await recordedContext(context, read, false, signal, ANOTHER));
    }
    return found;
  }

  async #doAgain({ turn, recorded }: TurnAgain, prepared: PreparedContext | null, signal: AbortSignal): Promise<void> {
    const { header } = turn.state;
    try {
      await recorded.close();
      const staged = await prepared?.stage(this.#worker.folder, signal);
      if (staged !== undefined) this.staged.push(staged);
      const { onDivergence } = this.#book.plan;
      const spec: RunSpec = {
        ...this.#plan.spec,
        ...{ query: header.spec.query, answer: header.spec.answer, session: this.#book.sessionId, logDir: null },
        limits: limitsAgain(turn.state),
        context: staged?.source ?? null,
        journal: {
          recorded: recorded.path,
          aliveMs: 0,
          onDivergence,
          seed: header.seeds.random,
          ended: true,
          aside: null,
        },
      };
      const secrets = { id: header.runId, ...this.#plan.secrets };
      const onEvent = (event: WorkerEvent) => void (event.type === 'replay.diverged' && this.#tell(event));
      const end = await this.#worker.run({ spec, secrets, onEvent, services: NOBODY }, signal);
      signal.throwIfAborted();
      this.#judge(turn, end);
    } finally {
      await recorded.remove();
    }
  }

  /** A turn that stops before the end that it had is another one. */
  #judge(turn: KeptTurn, end: RunEnd): void {
    const { end: before, header } = turn.state;
    if (end.kind === 'answered' || end.kind === 'aborted') return;
    const { code, message } = end.kind === 'failed' ? end : end.error;
    const codeBefore = before?.kind === 'failed' ? before.code : null;
    const hadEnded = before?.kind === 'answered' || codeBefore === 'max_iterations';
    if (codeBefore === code || (code === 'cancelled' && !hadEnded)) return;
    const where = `Turn ${turn.number} of session "${this.#book.sessionId}"`;
    if (code !== 'cancelled' && code !== 'replay_diverged')
      throw lost(code, `${where} cannot be done again: ${message}`);
    const told = `${where} did not come to its end again: ${message}`;
    if (this.#book.plan.onDivergence === 'fail') {
      throw new RLMError('replay_diverged', `${told} Use onDivergence 'continue', or open another session.`);
    }
    this.#tell({ type: 'log', id: header.runId, at: Date.now(), level: 'warning', message: told });
  }
}

function lost(code: string, message: string): RLMError {
  return new RLMError(RLM_ERROR_CODES.find((name) => name === code) ?? 'session_lost', message);
}

/** A code block that ended with its REPL would end another one. */
function isDeadly(turn: KeptTurn, effect: Recorded): boolean {
  return effect.kind !== 'strategy' && turn.deadly.has(keyOf(effect));
}

/** A turn and what the journal has of it, on its way to a worker. */
interface TurnAgain {
  turn: KeptTurn;
  recorded: RecordedFile;
}
