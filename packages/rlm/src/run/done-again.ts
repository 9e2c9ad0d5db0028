import { isDeepStrictEqual } from 'node:util';
import type { ModelSpec, RunSecrets, RunSpec, WorkerEvent } from '@rlm-bridge/protocol';
import { cut } from '@rlm-bridge/text';
import type { RLMDifference, RLMVerification } from '../api/verification.ts';
import type { HostServices } from '../host/host-requests.ts';
import type { JournalState } from '../journal/journal-state.ts';
import { isLeftOut } from '../journal/kept-spec.ts';
import type { RunEnd } from '../worker/run-end.ts';

/** What a difference shows of a text, in characters. */
const SHOWN_CHARS = 200;

type BlockCompleted = Extract<WorkerEvent, { type: 'codeBlock.completed' }>;

/** A run as its journal has it, and as its code does it again. */
export class DoneAgain {
  readonly #state: JournalState;
  /** How each code block ended last. */
  readonly #blocks = new Map<string, BlockCompleted>();
  readonly #differences: RLMDifference[] = [];
  #replayedCalls = 0;

  constructor(state: JournalState) {
    this.#state = state;
  }

  /** What the journal has. */
  record(event: WorkerEvent | undefined): void {
    if (event?.type === 'codeBlock.completed') this.#blocks.set(placeOf(event), event);
  }

  /** What happens now. */
  tell(event: WorkerEvent): void {
    if (event.type === 'call.replayed') this.#replayedCalls += 1;
    if (event.type === 'replay.diverged') {
      const { node, iteration, codeBlock, what, recorded, now } = event;
      this.#differences.push({ node, iteration, codeBlock, what, recorded, now });
    }
    if (event.type === 'codeBlock.completed') this.#compare(event);
  }

  verification(end: RunEnd): RLMVerification {
    this.#compareEnds(end);
    const differences = this.#differences;
    const { runId } = this.#state.header;
    return { runId, isSame: differences.length === 0, differences, replayedCalls: this.#replayedCalls };
  }

  #compare(event: BlockCompleted): void {
    const before = this.#blocks.get(placeOf(event));
    const { node, iteration, codeBlock } = event;
    const isOther = this.#differences.some((one) => node === one.node || node.startsWith(`${one.node}/`));
    if (before === undefined || isOther || isDeepStrictEqual(shown(before), shown(event))) return;
    const told = { recorded: describe(before), now: describe(event) };
    this.#differences.push({ node, iteration, codeBlock, what: 'output', ...told });
  }

  /** A run that was killed, aborted or failed by something beside it is done again as far as its journal goes. */
  #compareEnds(end: RunEnd): void {
    const { end: before } = this.#state;
    const recorded = before?.kind === 'answered' ? `answered: ${before.answer}` : codeOf(before);
    const now = end.kind === 'answered' ? `answered: ${end.answer}` : codeOf(end);
    const goesOn = recorded === null || !COMES_AGAIN.includes(recorded.split(':', 1)[0] ?? '');
    if (recorded === now || (goesOn && now === 'cancelled')) return;
    const told = { recorded: recorded && cut(recorded, SHOWN_CHARS), now: now && cut(now, SHOWN_CHARS) };
    this.#differences.push({ node: '0', iteration: 0, codeBlock: 0, what: 'end', ...told });
  }
}

/** Ends that code comes to by itself. */
const COMES_AGAIN = [
  'answered',
  'max_iterations',
  'error_threshold_exceeded',
  'invalid_answer',
  'insufficient_coverage',
];

function codeOf(end: JournalState['end'] | RunEnd): string | null {
  if (end === null || end.kind === 'answered' || end.kind === 'aborted') return null;
  return end.kind === 'failed' ? end.code : end.error.code;
}

function placeOf({ node, iteration, codeBlock }: BlockCompleted): string {
  return `${node} ${iteration} ${codeBlock}`;
}

function shown({ status, stdout, stderr }: BlockCompleted) {
  return { status, stdout, stderr };
}

function describe({ status, stdout, stderr }: BlockCompleted): string {
  return cut(`${status}: ${stdout}${stderr}`, SHOWN_CHARS);
}

/** Nobody is asked for what is over, so that nothing that it took or cost then is a limit now. */
export function limitsAgain({ header, limits }: JournalState): RunSpec['limits'] {
  return { ...(limits ?? header.spec.limits), maxBudgetUsd: null, maxDurationMs: null, maxTokens: null };
}

/** What the code of a run is done with. */
export function specAgain(state: JournalState): Omit<RunSpec, 'context' | 'journal'> {
  const { spec } = state.header;
  return {
    ...spec,
    ...{ rootModel: unasked(spec.rootModel), subModel: unasked(spec.subModel), session: null, logDir: null },
    limits: limitsAgain(state),
  };
}

/** An address without credentials stays: some backends have none of their own. */
function unasked(model: ModelSpec): ModelSpec {
  return isLeftOut(model) ? { ...model, baseUrl: 'http://127.0.0.1:9' } : model;
}

/** Every client wants a key; this one goes nowhere. */
const NO_KEY = { apiKey: 'not-a-key', backendOptions: {} };

export function secretsAgain(id: string): RunSecrets {
  return { id, root: NO_KEY, sub: NO_KEY };
}

/** For what is over: whoever asks is told that there is nobody; what is to be written was written. */
export const NOBODY: HostServices = {
  callTool: nobody,
  callModel: nobody,
  checkAnswer: nobody,
  writeEffects: async () => ({ kind: 'appended' }),
};

async function nobody(): Promise<never> {
  throw new Error('Nothing is asked for a run or a turn that is over.');
}
