import type { RLMEvent } from 'rlm-bridge';
import type { RLMJournalEnd, RLMJournalLife, RLMJournalRun } from 'rlm-bridge/journal';
import type { RunEnd, RunStatus } from '../model/run-summary.ts';
import type { LifeView, RunHead } from '../model/run-view.ts';
import type { Spent, TextRef } from '../model/texts.ts';
import type { TextTable } from '../texts/text-table.ts';
import { measuredCoverage } from './measured-coverage.ts';
import { optionFacts, versionFacts } from './run-facts.ts';

/** What is known of a run elsewhere. */
export interface Known {
  id: string;
  turn: RunHead['turn'];
  /** Whether a process works on it. */
  isWritten: boolean;
  spent: Spent;
  subCalls: number;
}

/** Folds what is known of a run as a whole. */
export class HeadFold {
  readonly #header: RLMJournalRun;
  readonly #texts: TextTable;
  readonly #query: TextRef;
  readonly #systemPrompt: TextRef | null;
  readonly #lives: LifeView[] = [];
  #limits: RLMJournalRun['spec']['limits'];
  #end: RunEnd | null = null;
  #status: RunStatus | null = null;
  #endedAt: number | null = null;
  #endedAfterMs: number | null = null;
  #aliveMs = 0;
  #lastAt: number;
  #strategy: RunHead['strategy'] = null;
  #environment: string;
  #coverage: RunHead['coverage'] = null;
  #facts: RunHead['facts'] = [];

  constructor(header: RLMJournalRun, texts: TextTable) {
    this.#header = header;
    this.#texts = texts;
    this.#lastAt = header.at;
    const { query, systemPrompt, limits, environment } = header.spec;
    this.#query = texts.add(query);
    this.#systemPrompt = systemPrompt === null ? null : texts.add(systemPrompt);
    this.#limits = limits;
    this.#environment = environment;
  }

  get query(): TextRef {
    return this.#query;
  }

  /** As the run itself measured it last. */
  get coverage(): RunHead['coverage'] {
    return this.#coverage;
  }

  /** Whether the last word of the run is an end. */
  get hasEnded(): boolean {
    return this.#end !== null;
  }

  /** Every record has a time. */
  hear(at: number): void {
    if (this.#lives.length > 0) this.#aliveMs += Math.max(0, at - this.#lastAt);
    this.#lastAt = Math.max(this.#lastAt, at);
  }

  beginLife({ at, limits }: RLMJournalLife): void {
    this.#lastAt = Math.max(this.#lastAt, at);
    this.#lives.push({ startedAt: at, endedAt: null, replayedCalls: 0 });
    this.#limits = limits;
    this.#end = null;
    this.#status = null;
    this.#endedAt = null;
    this.#endedAfterMs = null;
  }

  tell(event: RLMEvent): void {
    if (event.type === 'run.started') this.#environment = event.environment;
    if (event.type === 'strategy.chosen') this.#strategy = { name: event.strategy, reason: event.reason };
    if (event.type === 'run.resumed') this.#changeLife({ replayedCalls: event.recordedCalls });
    if (event.type === 'environment.started' && event.container !== null && event.node === '0') {
      this.#facts = [['container', event.container]];
    }
    if (event.type !== 'coverage.measured') return;
    const { context, spec } = this.#header;
    this.#coverage = measuredCoverage(event, context, spec.answer.requireCoverage);
  }

  /** @param isTyped Whether a schema took the answer. */
  end({ at, durationMs, end }: RLMJournalEnd, isTyped: boolean, held: { ref: TextRef; text: string } | null): void {
    const text = end.kind === 'answered' ? end.answer : end.partialAnswer;
    const answer = text === null ? null : text === held?.text ? held.ref : this.#texts.add(text);
    this.#status = end.kind;
    this.#end = {
      code: end.kind === 'failed' ? end.code : null,
      stopReason: end.kind === 'failed' ? (end.stopReason ?? end.code) : end.kind,
      message: end.kind === 'failed' ? end.message : end.kind === 'aborted' ? 'Its caller ended it.' : null,
      ...{ answer, isFinal: end.kind === 'answered', isTyped: isTyped && end.kind === 'answered' },
    };
    this.#endedAt = at;
    this.#endedAfterMs = durationMs;
    this.#changeLife({ endedAt: at });
  }

  view({ id, turn, isWritten, spent, subCalls }: Known): RunHead {
    const { at, spec, versions, forkedFrom } = this.#header;
    const { maxBudgetUsd, maxDurationMs, maxTokens, maxIterations } = this.#limits;
    return {
      ...{ id, origin: 'journal', status: this.#status ?? (isWritten ? 'running' : 'stopped') },
      ...{ query: this.#query, systemPrompt: this.#systemPrompt, end: this.#end },
      rootModel: spec.rootModel.model,
      subModel: spec.subModel.model,
      ...{ environment: this.#environment, strategy: this.#strategy, startedAt: at, endedAt: this.#endedAt },
      ...{ durationMs: this.#endedAfterMs ?? this.#aliveMs, hasTimes: true, spent, subCalls },
      limits: { budgetUsd: maxBudgetUsd, durationMs: maxDurationMs, tokens: maxTokens, iterations: maxIterations },
      lives: [...this.#lives],
      coverage: this.#coverage,
      facts: [...versionFacts(versions), ...optionFacts({ ...spec, limits: this.#limits }), ...this.#facts],
      forkedFrom: forkedFrom && { runId: forkedFrom.runId, iteration: forkedFrom.iteration },
      turn,
    };
  }

  #changeLife(fields: Partial<LifeView>): void {
    const last = this.#lives.pop();
    if (last !== undefined) this.#lives.push({ ...last, ...fields });
  }
}
