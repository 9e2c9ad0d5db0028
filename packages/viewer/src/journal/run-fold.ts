import type { RLMEvent } from 'rlm-bridge';
import type { RLMJournalRecord, RLMJournalRun } from 'rlm-bridge/journal';
import type { CoverageView } from '../model/coverage-view.ts';
import type { RefusalView, RemarkView, RunHead, RunView } from '../model/run-view.ts';
import type { TextTable } from '../texts/text-table.ts';
import { CallsFold } from './calls-fold.ts';
import { HeadFold } from './head-fold.ts';
import { IterationsFold } from './iterations-fold.ts';
import { lostCalls } from './lost-calls.ts';
import { NodesFold, ROOT } from './nodes-fold.ts';
import { Places } from './places.ts';
import { remarkOfCut, remarkOfDivergence, remarkOfResumption } from './remarks.ts';
import { ToolsFold } from './tools-fold.ts';
import { ViewList } from './view-list.ts';

/** Folds the records of one run, or of one turn of a session, into what a page shows of it. */
export class RunFold {
  readonly #id: string;
  readonly #turn: RunHead['turn'];
  readonly #header: RLMJournalRun;
  readonly #texts: TextTable;
  readonly #head: HeadFold;
  readonly #calls: CallsFold;
  readonly #nodes = new NodesFold();
  readonly #iterations: IterationsFold;
  readonly #tools: ToolsFold;
  readonly #refusals = new ViewList<RefusalView>();
  readonly #remarks = new ViewList<RemarkView>();
  readonly #places = new Places();
  /** What the root holds as its answer. */
  #held: string | null = null;

  constructor(header: RLMJournalRun, texts: TextTable, turn: RunHead['turn'] = null) {
    this.#id = turn === null ? header.runId : `${turn.session}#${turn.turn}`;
    this.#turn = turn;
    this.#header = header;
    this.#texts = texts;
    this.#head = new HeadFold(header, texts);
    this.#calls = new CallsFold(texts);
    this.#iterations = new IterationsFold(texts);
    this.#tools = new ToolsFold(texts);
    this.#nodes.begin(ROOT, header.at);
    this.#nodes.change(ROOT, { model: header.spec.rootModel.model, query: this.#head.query });
  }

  /** Whether the run has come to an end, as far as is known. */
  get hasEnded(): boolean {
    return this.#head.hasEnded;
  }

  /** How much of the context was read, as the run itself measured it last. */
  get measuredCoverage(): CoverageView | null {
    return this.#head.coverage;
  }

  /** How much of it has to be read; null: no such demand. */
  get requiredCoverage(): number | null {
    return this.#header.spec.answer.requireCoverage;
  }

  apply(record: RLMJournalRecord): void {
    const isInherited = record.n > 0 && record.n <= (this.#header.forkedFrom?.records ?? 0);
    // What a fork took over was told long before it began.
    const at = isInherited ? this.#header.at : record.at;
    if (record.record !== 'life') this.#head.hear(at);
    switch (record.record) {
      case 'life':
        this.#head.beginLife(record);
        this.#iterations.beginLife();
        return;
      case 'event':
        this.#tell(record.event, at);
        return;
      case 'call.intent': {
        const { node, model } = record.event;
        const place = this.#calls.begin(record, at, isInherited);
        if (place === null) return;
        this.#nodes.begin(node, at);
        this.#nodes.change(node, { model });
        this.#iterations.ask(node, record.iteration, place);
        return;
      }
      case 'call.reply':
        if (!isInherited) this.#nodes.spend(record.event.node, record.event);
        this.#calls.end(record, at, isInherited);
        return;
      case 'child.spawned': {
        const { child, node, iteration, codeBlock } = record;
        this.#places.begin(child, { node, iteration, codeBlock });
        this.#nodes.begin(child, at, { iteration, codeBlock });
        return;
      }
      case 'block.cut': {
        const text = remarkOfCut(record);
        if (text !== null) this.#remarks.add({ at, level: 'warning', text });
        return;
      }
      case 'tool':
        this.#tools.hear(record);
        return;
      case 'end': {
        const ref = this.#nodes.answerOf(ROOT);
        const held = ref && this.#held !== null ? { ref, text: this.#held } : null;
        this.#head.end(record, this.#header.spec.answer.schema !== null, held);
        this.#nodes.change(ROOT, { endedAt: at });
        return;
      }
    }
  }

  /** What there is now. `isWritten`: whether a process works on it. */
  view(isWritten: boolean): RunView {
    const view: RunView = {
      head: this.#head.view({
        ...{ id: this.#id, turn: this.#turn, isWritten },
        ...{ spent: this.#calls.spent.spent, subCalls: this.#calls.subCalls },
      }),
      nodes: this.#nodes.list.items,
      iterations: this.#iterations.iterations.items,
      codeBlocks: this.#iterations.codeBlocks.items,
      calls: this.#calls.list.items,
      tools: this.#tools.list.items,
      refusals: this.#refusals.items,
      remarks: this.#remarks.items,
    };
    return view.head.status === 'running' ? view : lostCalls(view);
  }

  #tell(event: RLMEvent, at: number): void {
    this.#head.tell(event);
    switch (event.type) {
      case 'environment.started':
      case 'context.loaded':
        this.#nodes.begin(event.node, at);
        return;
      case 'iteration.started':
        this.#nodes.begin(event.node, at);
        this.#iterations.begin(event.node, event.iteration, at);
        return;
      case 'iteration.completed': {
        const { node, answer: text } = event;
        const said = this.#calls.saidBy(event);
        if (said?.text === event.response) this.#calls.takeUp(said.call);
        const answer = this.#iterations.end(event, at, said);
        if (node === ROOT) this.#held = text ?? this.#held;
        if (answer !== null) this.#nodes.change(node, { answer, ...(node !== ROOT && { endedAt: at }) });
        return;
      }
      case 'codeBlock.started':
        this.#iterations.beginBlock(event, at);
        return;
      case 'codeBlock.output':
        this.#iterations.print(event);
        return;
      case 'codeBlock.completed':
        this.#nodes.endChildren(event.node, event.iteration, event.codeBlock, at);
        this.#iterations.endBlock(event, at);
        this.#calls.endBlock(event, event.subCalls, this.#places);
        return;
      case 'answer.rejected': {
        const { node, iteration, answer, problems } = event;
        this.#refusals.add({ node, iteration, at, answer: this.#texts.add(answer), problems });
        return;
      }
      case 'tool.started': {
        const { node } = event;
        const { iteration = 0, codeBlock = null } = this.#iterations.runningIn(node) ?? {};
        this.#tools.begin(event, at, { node, iteration, codeBlock });
        return;
      }
      case 'tool.completed':
        this.#tools.end(event, at);
        return;
      case 'replay.diverged':
        this.#leaveBehind(event);
        this.#remarks.add({ at, level: 'warning', text: remarkOfDivergence(event) });
        return;
      case 'run.resumed':
        this.#remarks.add({ at, level: 'info', text: remarkOfResumption(event) });
        return;
      case 'log':
        this.#remarks.add({ at, level: event.level, text: event.message });
    }
  }

  #leaveBehind({ node, iteration, codeBlock }: { node: string; iteration: number; codeBlock: number }): void {
    const place = { node, iteration, codeBlock };
    this.#iterations.leaveBehind(place, this.#places);
    this.#calls.leaveBehind(place, this.#places);
  }
}
