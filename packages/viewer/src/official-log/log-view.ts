import type { CoverageView } from '../model/coverage-view.ts';
import type { RunEnd } from '../model/run-summary.ts';
import type { RunHead, RunView } from '../model/run-view.ts';
import type { TextTable } from '../texts/text-table.ts';
import { LogFold, messagesOf } from './log-fold.ts';
import { isObject, type LogObject, numberOf, objectsOf, textOf } from './log-values.ts';
import { contextCharsIn, questionIn } from './log-words.ts';
import { answerOf, type LoggedRun } from './read-log.ts';

const NO_COVERAGE = 'A log of the official library does not tell what of the context was read.';
const NO_END =
  'The log has no answer: the run failed, was cut off, or goes on. The official library writes no line for that.';
const NO_USAGE = 'The log has no tokens and no cost of the turns of the root: what is shown is that of sub-calls.';

/** What a page shows of a run of the official library. */
export function viewOfLog(id: string, run: LoggedRun, texts: TextTable): RunView {
  const { metadata, asked, iterations, broken, unknown } = run;
  const messages = messagesOf(iterations[0]?.prompt ?? []);
  const question = typeof asked?.root_prompt === 'string' ? asked.root_prompt : questionIn(messages);
  const query = question === null ? null : texts.add(question);
  const rootModel = textOf(metadata.root_model ?? '');
  const fold = new LogFold(texts);
  const spent = fold.addNode({ path: '0', parent: null, from: null, query, model: rootModel }, iterations);
  const { nodes, calls } = fold.lists;
  const end = endOf(iterations, nodes[0]?.answer ?? null);
  const [startedAt, endedAt] = [nodes[0]?.startedAt ?? null, nodes[0]?.endedAt ?? null];
  const head: RunHead = {
    ...{ id, origin: 'official-log', status: end === null ? 'stopped' : end.isFinal ? 'answered' : 'failed' },
    ...{ query, systemPrompt: null, end, rootModel },
    subModel: calls.find(({ role }) => role === 'llm_query')?.model ?? rootModel,
    environment: typeof metadata.environment_type === 'string' ? metadata.environment_type : null,
    ...{ strategy: null, startedAt, endedAt: end === null ? null : endedAt, hasTimes: false, spent },
    durationMs: startedAt === null || endedAt === null ? null : endedAt - startedAt,
    subCalls: calls.filter(({ role }) => role !== 'root').length,
    limits: { budgetUsd: null, durationMs: null, tokens: null, iterations: numberOf(metadata.max_iterations) },
    ...{
      lives: [],
      coverage: coverageOf(contextIn(asked, iterations), contextCharsIn(messages), texts),
      facts: factsOf(metadata),
    },
    ...{ forkedFrom: null, turn: null },
  };
  const remarks = [NO_USAGE, ...(end === null ? [NO_END] : []), ...brokenLines(broken), ...unknownLines(unknown)];
  return {
    ...{ head, ...fold.lists, tools: [], refusals: [] },
    remarks: remarks.map((text) => ({ at: null, level: text === NO_USAGE ? 'info' : 'warning', text })),
  };
}

function brokenLines(broken: number): string[] {
  if (broken === 0) return [];
  return [`${broken === 1 ? 'A line' : `${broken} lines`} of the log could not be read, as of a run that was cut off.`];
}

function unknownLines(kinds: readonly string[]): string[] {
  if (kinds.length === 0) return [];
  return [`The log has lines of kinds that are not known here, and not shown: ${kinds.join(', ')}.`];
}

/** An iteration without code that took no time is the answer that is asked for when there is none: that of no success. */
function endOf(iterations: readonly LogObject[], answer: RunEnd['answer']): RunEnd | null {
  const last = iterations.at(-1);
  if (last === undefined || answerOf(last) === null) return null;
  const isDefault = numberOf(last.iteration_time) === null && objectsOf(last.code_blocks).length === 0;
  if (!isDefault) return { code: null, stopReason: 'answered', message: null, answer, isFinal: true, isTyped: false };
  const message =
    'It had no answer after its iterations. This is what the model said when it was asked for one at last.';
  return { code: 'max_iterations', stopReason: 'max_iterations', message, answer, isFinal: false, isTyped: false };
}

/** What the context may be: what a logger told before the first iteration, else a variable of the REPL; undefined: no text. */
function contextIn(asked: LogObject | null, iterations: readonly LogObject[]): string | undefined {
  if (typeof asked?.prompt === 'string') return asked.prompt;
  const results = iterations.flatMap(({ code_blocks: blocks }) => objectsOf(blocks).map(({ result }) => result));
  const locals = results.map((result) => (isObject(result) && isObject(result.locals) ? result.locals : {}));
  return locals.map(({ context }) => context).find((value) => typeof value === 'string');
}

/** The context, where a log has all of it: only its length is sure. */
function coverageOf(context: string | undefined, told: number | null, texts: TextTable): CoverageView | null {
  const chars = told ?? context?.length ?? null;
  if (chars === null) return null;
  const isWhole = context !== undefined && (told === null || Array.from(context).length === told);
  const document = {
    name: null,
    chars: isWhole ? context.length : chars,
    text: isWhole ? texts.add(context) : null,
    fraction: null,
  };
  return {
    chars,
    fraction: null,
    byRole: null,
    required: null,
    documents: [document],
    reads: [],
    incomplete: NO_COVERAGE,
  };
}

function factsOf(metadata: LogObject): RunHead['facts'] {
  const told: [string, unknown][] = [
    ['backend', metadata.backend],
    ['environment', metadata.environment_type],
    ['iterations at most', metadata.max_iterations],
    ['depth at most', metadata.max_depth],
    ...entries('backend', metadata.backend_kwargs),
    ...entries('environment', metadata.environment_kwargs),
  ];
  const known = told.filter(([, value]) => value !== null && value !== undefined);
  return known.map(([name, value]) => [name, textOf(value)]);
}

function entries(of: string, values: unknown): [string, unknown][] {
  return isObject(values) ? Object.entries(values).map(([name, value]) => [`${of}: ${name}`, value]) : [];
}
