import { isObject, jsonOf, type LogObject, numberOf } from './log-values.ts';

/** A run of the official library, as a log has it. */
export interface LoggedRun {
  metadata: LogObject;
  iterations: LogObject[];
  /** Lines of the log that are none, as one that was cut off. */
  broken: number;
}

/**
 * The runs of a log: a logger writes all of its runs into one file. A run begins where iterations are counted anew, and
 * after an answer: version 0.1.0 goes on counting.
 * @throws {Error} for what is no log of the official library.
 */
export function readLog(text: string): LoggedRun[] {
  let metadata: LogObject = {};
  let broken = 0;
  const runs: LoggedRun[] = [];
  let last: LogObject | undefined;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const value = jsonOf(line);
    if (isObject(value) && value.type === 'metadata') metadata = value;
    else if (isObject(value) && value.type === 'iteration') {
      const isNew =
        last === undefined || isAnswered(last) || (numberOf(value.iteration) ?? 0) <= (numberOf(last.iteration) ?? 0);
      if (isNew) runs.push({ metadata, iterations: [], broken: 0 });
      runs.at(-1)?.iterations.push(value);
      last = value;
    } else broken += 1;
  }
  if (runs.length === 0 && Object.keys(metadata).length === 0) {
    throw new Error('This is no log of the official library: it has neither metadata nor an iteration.');
  }
  if (runs.length === 0) runs.push({ metadata, iterations: [], broken: 0 });
  return runs.map((run, place) => ({ ...run, broken: place === runs.length - 1 ? broken : 0 }));
}

export function isAnswered({ final_answer: answer }: LogObject): boolean {
  return answer !== null && answer !== undefined;
}

/** Early versions have the variable before the answer. */
export function answerOf({ final_answer: answer }: LogObject): string | null {
  const text: unknown = Array.isArray(answer) ? answer.at(-1) : answer;
  return text === null || text === undefined ? null : String(text);
}
