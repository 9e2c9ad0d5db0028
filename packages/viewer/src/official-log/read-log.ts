import { isObject, jsonOf, type LogObject, numberOf } from './log-values.ts';

/** A run of the official library, as a log has it. */
export interface LoggedRun {
  metadata: LogObject;
  /** What was asked of what: some loggers tell it before the first iteration. Null: this one did not. */
  asked: LogObject | null;
  iterations: LogObject[];
  /** Lines of the log that are none, as one that was cut off. */
  broken: number;
  /** Kinds of lines that nobody here knows, each once. */
  unknown: string[];
}

/**
 * The runs of a log: a logger writes all of its runs into one file. A run begins where it is told what was asked, where
 * iterations are counted anew, and after an answer: version 0.1.0 goes on counting.
 * @throws {Error} for what is no log of the official library.
 */
export function readLog(text: string): LoggedRun[] {
  let metadata: LogObject = {};
  let broken = 0;
  const unknown = new Set<string>();
  const runs: LoggedRun[] = [];
  const begin = (asked: LogObject | null): LoggedRun => {
    const run = { metadata, asked, iterations: [], broken: 0, unknown: [] };
    runs.push(run);
    return run;
  };
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const value = jsonOf(line);
    const kind = kindOf(value);
    if (!isObject(value) || kind === null) broken += 1;
    else if (kind === 'metadata') metadata = value;
    else if (kind === 'run_context') begin(value);
    else if (kind !== 'iteration') unknown.add(kind);
    else {
      const last = runs.at(-1);
      const run = last === undefined || isEnded(last, value) ? begin(null) : last;
      run.iterations.push(value);
    }
  }
  if (runs.length === 0 && Object.keys(metadata).length === 0) {
    throw new Error('This is no log of the official library: it has neither metadata nor an iteration.');
  }
  const last = runs.at(-1) ?? begin(null);
  Object.assign(last, { broken, unknown: [...unknown] });
  return runs;
}

/** What a line is; null: nothing of a log. Before version 0.1.0 an iteration did not say that it is one. */
function kindOf(value: unknown): string | null {
  if (!isObject(value)) return null;
  if (typeof value.type === 'string') return value.type;
  return Array.isArray(value.code_blocks) && 'response' in value ? 'iteration' : null;
}

function isEnded({ iterations }: LoggedRun, next: LogObject): boolean {
  const last = iterations.at(-1);
  if (last === undefined) return false;
  return isAnswered(last) || (numberOf(next.iteration) ?? 0) <= (numberOf(last.iteration) ?? 0);
}

export function isAnswered({ final_answer: answer }: LogObject): boolean {
  return answer !== null && answer !== undefined;
}

/** Early versions have the variable before the answer. */
export function answerOf({ final_answer: answer }: LogObject): string | null {
  const text: unknown = Array.isArray(answer) ? answer.at(-1) : answer;
  return text === null || text === undefined ? null : String(text);
}
