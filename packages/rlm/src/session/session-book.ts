import type { JournalSession, JournalVersions, SessionSpec } from '@rlm-bridge/protocol';
import { JOURNAL_FORMAT } from '@rlm-bridge/protocol';
import type { RunLease } from '../api/run-store.ts';
import { abandonedReplies } from '../journal/abandoned-calls.ts';
import { JournalCodec } from '../journal/journal-codec.ts';
import { giveBack, type JournalPlace } from '../journal/journal-place.ts';
import { JournalWriter } from '../journal/journal-writer.ts';
import { keptSpec } from '../journal/kept-spec.ts';
import { isFinished } from '../journal/run-ends.ts';
import { requireSameSession } from '../journal/same-run.ts';
import { readTurn, seedsOf } from '../journal/turn-records.ts';
import { requireSameVersions } from '../journal/versions.ts';
import type { JournalPlan } from '../options/run-plan.ts';
import { type KeptTurn, ranAtAll, readSession, type SessionState } from './session-state.ts';

/** The journal of a session: one process has it from the opening to the end. */
export class SessionBook {
  readonly plan: JournalPlan;
  readonly sessionId: string;
  /** Turns that earlier processes brought to their ends, or left; one that never ran is none. */
  readonly over: readonly KeptTurn[];
  readonly #lease: RunLease;
  readonly #writer: JournalWriter;
  readonly #spec: SessionSpec;
  readonly #before: SessionState | null;
  readonly #seeds: JournalSession['seeds'];
  #unfinished: KeptTurn | null;
  /** How many turns there are. */
  #turns: number;

  private constructor(
    plan: JournalPlan,
    lease: RunLease,
    writer: JournalWriter,
    spec: SessionSpec,
    before: SessionState | null,
  ) {
    this.plan = plan;
    this.sessionId = lease.runId;
    this.#lease = lease;
    this.#writer = writer;
    this.#spec = spec;
    this.#before = before;
    this.#seeds = before?.header.seeds ?? { hash: 0, random: lease.runId };
    const turns = (before?.turns ?? []).filter(ranAtAll);
    const last = turns.at(-1);
    this.#turns = before?.turns.length ?? 0;
    this.#unfinished = last === undefined || isFinished(last.state.end) ? null : last;
    this.over = this.#unfinished === null ? turns : turns.slice(0, -1);
  }

  /**
   * Takes a session, a new one or one that is there.
   * @throws {RLMError} (as a rejection) `run_in_progress`, `run_mismatch`, and what the store and the journal do.
   */
  static async open(plan: JournalPlan, sessionId: string, spec: SessionSpec): Promise<SessionBook> {
    const lease = await plan.store.lease(sessionId);
    try {
      const codec = new JournalCodec(sessionId);
      const before = await readSession(plan.store, sessionId, codec);
      const writer = new JournalWriter(lease, codec, before?.records ?? 0);
      if (before !== null) requireSameSession(before.header, spec);
      return new SessionBook(plan, lease, writer, spec, before);
    } catch (error) {
      await giveBack(lease);
      throw error;
    }
  }

  /** The turn that the last process was cut off in, or did not bring to its result; null: none, or it is over now. */
  get unfinished(): KeptTurn | null {
    return this.#unfinished;
  }

  /** @throws {RLMError} (as a rejection) `version_mismatch`, `store_failed`, `lease_lost` */
  async begin(versions: JournalVersions): Promise<void> {
    if (this.#before !== null) return requireSameVersions(this.#before.header, versions);
    const { sessionId } = this;
    const header = { format: JOURNAL_FORMAT, sessionId, versions, spec: keptSpec(this.#spec), seeds: this.#seeds };
    await this.#writer.append({ record: 'session', ...header });
  }

  /** Where the unfinished turn goes on, which is over then. */
  goOn({ number, state }: KeptTurn): JournalPlace {
    return this.#placeOf(number, state, () => {});
  }

  /** Where a new turn is written. */
  newTurn(): JournalPlace {
    const turn = this.#turns + 1;
    return this.#placeOf(turn, null, () => {
      this.#turns = turn;
    });
  }

  /** The unfinished turn was gone on with. */
  settle(): void {
    this.#unfinished = null;
  }

  /** The unfinished turn is not gone on with: it is over as it was left. @throws {RLMError} (as a rejection) `store_failed` */
  async leave({ state }: KeptTurn): Promise<void> {
    this.settle();
    if (state.end !== null) return;
    const replies = abandonedReplies(state, Date.now()).map((effect) => ({ record: 'effect', effect }) as const);
    const end = { kind: 'aborted', partialAnswer: null } as const;
    await this.#writer.append(...replies, { record: 'end', durationMs: state.aliveMs, end });
  }

  /** Gives the session back. `isClosed`: by its user's wish, which is written. Does not reject. */
  async close(isClosed: boolean): Promise<void> {
    if (isClosed) this.#writer.append({ record: 'closed' }).catch(() => {});
    await this.#writer.flush();
    await giveBack(this.#lease);
  }

  /** The records of a turn stand one after the other, among those of the session. `onHeaded`: it is there from now on. */
  #placeOf(turn: number, state: KeptTurn['state'] | null, onHeaded: () => void): JournalPlace {
    return {
      state,
      writer: this.#writer,
      seeds: seedsOf({ seeds: this.#seeds }, turn),
      aside: undefined,
      read: () => readTurn(this.plan.store, this.sessionId, turn),
      headed: ({ runId, spec: { query, limits, logDir, answer }, context }) => {
        onHeaded();
        return { record: 'turn', turn, runId, spec: { query, limits, logDir, answer }, context };
      },
      putBlob: (content) => this.#lease.putBlob(content),
      close: () => this.#writer.flush(),
    };
  }
}
