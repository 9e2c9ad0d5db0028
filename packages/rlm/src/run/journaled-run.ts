import { readFileSync, rmSync } from 'node:fs';
import type {
  Effect,
  JournalContext,
  JournalRecord,
  JournalResult,
  JournalSpec,
  WorkerEvent,
  WorkerReady,
} from '@rlm-bridge/protocol';
import { Effect as EffectSchema, JOURNAL_FORMAT } from '@rlm-bridge/protocol';
import { thrownText } from '@rlm-bridge/text';
import { z } from 'zod';
import type { RLMErrorCode } from '../api/codes.ts';
import { RLMError } from '../api/errors.ts';
import type { AnswerCheck } from '../host/answer-check.ts';
import type { ReplyJournal } from '../host/host-services.ts';
import { abandonedReplies } from '../journal/abandoned-calls.ts';
import { effectsAside } from '../journal/aside-effects.ts';
import type { ForkPoint } from '../journal/fork-point.ts';
import { type JournalPlace, OwnJournal } from '../journal/journal-place.ts';
import { type JournalState, StateFold } from '../journal/journal-state.ts';
import type { RecordBody } from '../journal/journal-writer.ts';
import { type KeptSpec, keptSpec } from '../journal/kept-spec.ts';
import { KnownEvents } from '../journal/known-events.ts';
import { toJournalEnd } from '../journal/run-ends.ts';
import { requireSameVersions, versionsOf } from '../journal/versions.ts';
import type { JournalPlan } from '../options/run-plan.ts';
import type { RunEnd } from '../worker/run-end.ts';
import { EarlierLives } from './earlier-lives.ts';
import type { RunEvents } from './run-events.ts';

/** A run that is written down while it goes on: one life of it. */
export class JournaledRun implements ReplyJournal {
  /** What was there when the lease was taken; null for a new run. */
  readonly state: JournalState | null;
  readonly #plan: JournalPlan;
  readonly #place: JournalPlace;
  readonly #events: RunEvents;
  readonly #known = new KnownEvents();
  readonly #stopping = new AbortController();
  /** What happened before the header was written. */
  #early: WorkerEvent[] | null = [];
  #isOff = false;
  #context: JournalContext | null = null;
  #fork: ForkPoint | null = null;
  #aliveMs = 0;
  #lives = 0;
  /** How many effects the worker told. */
  #told = 0;

  constructor(plan: JournalPlan, place: JournalPlace, events: RunEvents) {
    const { state, writer } = place;
    this.#plan = plan;
    this.#place = place;
    this.#events = events;
    this.state = state;
    this.#aliveMs = state?.aliveMs ?? 0;
    events.fold.journal = 'complete';
    events.keepIn((event) => this.#keep(event));
    writer.failed.addEventListener('abort', () => this.#onFailure(writer.failed.reason), { once: true });
    if (writer.failed.aborted) this.#onFailure(writer.failed.reason);
  }

  /** Takes a run that has a journal of its own; `isNew`: its id is one that nobody had. @throws {RLMError} (as a rejection) what the store and the journal do. */
  static async open(plan: JournalPlan, runId: string, events: RunEvents, isNew = false): Promise<JournaledRun> {
    return new JournaledRun(plan, await OwnJournal.open(plan.store, runId, isNew), events);
  }

  /** Whether anything of this life is written. */
  get hasBegun(): boolean {
    return this.#early === null;
  }

  /** Aborts, with an RLMError, when the run may not go on: what it does could not be written. */
  get stopped(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Keeps the content of a context that is a value. */
  async takeContent(content: AsyncIterable<Uint8Array>): Promise<{ sha256: string }> {
    return await this.#place.putBlob(content);
  }

  /** What a new run is about. `fork`: whose beginning it has. */
  startWith(context: JournalContext | null, fork: ForkPoint | null = null): void {
    this.#context = context;
    this.#fork = fork;
  }

  /**
   * Begins this life on a worker, and takes up what earlier ones left.
   * @throws {RLMError} (as a rejection) `version_mismatch`, `store_failed`, `lease_lost`
   */
  async begin(spec: KeptSpec, ready: WorkerReady, folder: string, answers: AnswerCheck): Promise<JournalSpec> {
    const versions = versionsOf(ready);
    const { runId } = this.#events;
    const fork = this.#fork;
    if (this.state !== null) requireSameVersions(this.state.header, versions);
    const life = (this.state?.lives ?? 0) + 1;
    const seeds = this.state?.header.seeds ?? fork?.source.seeds ?? this.#place.seeds;
    if (this.state === null) {
      const forkedFrom = fork && { runId: fork.source.runId, iteration: fork.iteration, records: fork.records };
      const header = { format: JOURNAL_FORMAT, runId, versions, seeds, forkedFrom, context: this.#context };
      await this.#write(this.#place.headed({ record: 'run', ...header, spec: keptSpec(spec) }));
      for await (const record of fork?.copies(this.#plan.store, runId) ?? []) await this.#write(record);
    }
    const past = this.state?.records ?? 1 + (fork?.records ?? 0);
    await this.#write({ record: 'life', life, versions, limits: spec.limits }, ...this.#afterDeath(runId, life));
    this.#lives = this.#events.fold.lives = life;
    const recorded = past > 1 ? await this.#takeUp(past, folder, answers) : null;
    const early = this.#early ?? [];
    this.#early = null;
    for (const event of early) if (!this.#known.takes(event)) this.#tellWriter({ record: 'event', event });
    const { onDivergence } = this.#plan;
    const aside = await this.#beginAside(life);
    return { recorded, aliveMs: this.#aliveMs, onDivergence, seed: seeds.random, ended: false, aside };
  }

  async tool(
    request: Parameters<ReplyJournal['tool']>[0],
    outcome: Parameters<ReplyJournal['tool']>[1],
  ): Promise<void> {
    const { node, iteration, codeBlock, key, call, tool } = request;
    await this.#write({ record: 'tool', node, iteration, codeBlock, key, call, tool, outcome });
  }

  async verdict(
    request: Parameters<ReplyJournal['verdict']>[0],
    { problems, taken }: Parameters<ReplyJournal['verdict']>[1],
  ): Promise<void> {
    const { node, iteration, codeBlock, key, text } = request;
    const accepted = taken as Extract<RecordBody, { record: 'verdict' }>['accepted'];
    await this.#write({ record: 'verdict', node, iteration, codeBlock, key, text, accepted, problems });
  }

  /** Everything up to the wait happens at once, so that the order of the wire is kept. */
  async effects(request: Parameters<ReplyJournal['effects']>[0]): Promise<JournalResult['outcome']> {
    try {
      const effects = request.file === null ? request.effects : takeFile(request.file);
      this.#told += effects.length;
      await this.#take(effects, request.kept);
    } catch (error) {
      // Who does not wait hears of it by the end of the run.
      if (request.kept) this.#stopping.abort(asStoreFailure(error));
      throw error;
    }
    return { kind: 'appended' };
  }

  async #take(effects: readonly Effect[], areKept: boolean): Promise<void> {
    const written = this.#write(...effects.map((effect) => ({ record: 'effect' as const, effect })));
    for (const effect of effects) {
      if ('event' in effect) this.#events.show(effect.event);
      else this.#known.noteChild(effect);
    }
    try {
      await written;
    } catch (error) {
      // The worker makes no call whose intent is not written, here or aside.
      const notMade = areKept ? [] : effects;
      for (const effect of notMade) if (effect.kind === 'call.intent') this.#events.fold.notMade(effect.event.call);
      throw error;
    }
  }

  /** The end of this life, as it is written, and as it is over all lives. Does not reject. */
  async settle(end: RunEnd, signal: AbortSignal): Promise<RunEnd> {
    const durationMs = end.durationMs + this.#aliveMs;
    const whole = { ...(signal.aborted ? end : this.#orFailure(end)), durationMs };
    if (!this.hasBegun) return whole;
    try {
      if (end.kind !== 'answered') await this.#takeAside();
      await this.#write({ record: 'end', durationMs, end: toJournalEnd(whole) });
      return whole;
    } catch {
      return { ...(signal.aborted ? end : this.#orFailure(end)), durationMs };
    }
  }

  /** Gives the run back. Does not reject. */
  async close(): Promise<void> {
    await this.#place.close();
  }

  /** What a life that was killed could not say of itself, said by the next one. */
  #afterDeath(id: string, life: number): RecordBody[] {
    if (this.state === null) return [];
    const at = Date.now();
    const resumed = { type: 'run.resumed', id, at, life, recordedCalls: this.state.recordedCalls } as const;
    const effects = abandonedReplies(this.state, at).map((effect) => ({ record: 'effect', effect }) as const);
    return life > 1 ? [...effects, { record: 'event', event: resumed }] : effects;
  }

  /** It only spares time: where it cannot be had, the worker waits for this process. */
  async #beginAside(life: number): Promise<JournalSpec['aside']> {
    const path = await this.#place.aside?.begin().catch(() => null);
    return path ? { path, life } : null;
  }

  /** What a worker that was killed had not told. */
  async #takeAside(): Promise<void> {
    const { runId } = this.#events;
    const heard = { lives: this.#lives, told: this.#told };
    const left = await effectsAside(this.#place.aside, runId, heard);
    if (left.length > 0)
      await this.#take(
        left.map(({ effect }) => effect),
        true,
      );
  }

  async #takeUp(past: number, folder: string, answers: AnswerCheck): Promise<string> {
    const earlier = new EarlierLives(() => this.#place.read(), this.#events, past);
    // A fork has those of the run that it was forked from, as far as they were copied.
    const state = this.state ?? (await stateOf(this.#place.read()));
    return await earlier.takeUp(folder, this.#known, answers, state?.divergences ?? []);
  }

  #keep(event: WorkerEvent): readonly WorkerEvent[] {
    if (this.#early !== null) {
      this.#early.push(event);
      return [event];
    }
    if (this.#known.takes(event)) return [];
    const anew = event.type === 'replay.diverged' ? this.#known.forget(event) : undefined;
    const told = anew === undefined ? [event] : [event, anew];
    for (const one of told) if (one.type !== 'call.replayed') this.#tellWriter({ record: 'event', event: one });
    return told;
  }

  /** For what nobody waits for: `stopped` tells when it could not be written. */
  #tellWriter(body: RecordBody): void {
    this.#write(body).catch(() => {});
  }

  async #write(...bodies: RecordBody[]): Promise<void> {
    if (this.#isOff || bodies.length === 0) return;
    try {
      await this.#place.writer.append(...bodies);
    } catch (error) {
      if (!this.#isOff) throw error;
    }
  }

  #onFailure(failure: RLMError): void {
    if (failure.code === 'store_failed' && this.#plan.onStoreFailure === 'continue') {
      this.#isOff = true;
      // Nothing that comes after a gap is taken up.
      this.#place.aside?.end().catch(() => {});
      this.#events.fold.journal = 'incomplete';
      this.#events.warn(`The rest of the run is in no journal, and cannot be resumed: ${failure.message}`);
    } else {
      this.#stopping.abort(failure);
    }
  }

  #orFailure(end: RunEnd): RunEnd {
    if (!this.#stopping.signal.aborted || end.kind === 'never_ran') return end;
    const { code, message } = this.#stopping.signal.reason as RLMError;
    this.#events.fold.journal = 'incomplete';
    const partialAnswer = end.kind === 'answered' ? end.answer : end.partialAnswer;
    const { durationMs } = end;
    return {
      kind: 'failed',
      code: codeOf(code),
      stopReason: 'store',
      message,
      partialAnswer,
      durationMs,
      workerStderr: null,
    };
  }
}

async function stateOf(records: AsyncIterable<JournalRecord>): Promise<JournalState | null> {
  const fold = new StateFold();
  for await (const record of records) fold.apply(record);
  return fold.state;
}

function codeOf(code: RLMErrorCode): 'lease_lost' | 'store_failed' {
  return code === 'lease_lost' ? code : 'store_failed';
}

function asStoreFailure(error: unknown): RLMError {
  return RLMError.isInstance(error) ? error : new RLMError('store_failed', `Effects were lost: ${thrownText(error)}`);
}

/** Effects that no line of the wire holds. */
function takeFile(path: string): Effect[] {
  const effects = z.array(EffectSchema).parse(JSON.parse(readFileSync(path, 'utf8')));
  rmSync(path, { force: true });
  return effects;
}
