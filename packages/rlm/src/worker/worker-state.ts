/**
 * Where a worker process is in its life. Only `ready` is given runs, any number of them; in `draining` those that are there
 * come to their end; nothing leaves `stopped`.
 */
export type WorkerState = 'starting' | 'ready' | 'draining' | 'stopping' | 'stopped';

/** What happens to a worker. `drain`: one of its runs does not end; `stop`: the decision to be rid of it. */
export type WorkerInput = 'ready' | 'drain' | 'stop' | 'exit';

const TRANSITIONS: Record<WorkerState, Partial<Record<WorkerInput, WorkerState>>> = {
  starting: { ready: 'ready', stop: 'stopping', exit: 'stopped' },
  ready: { drain: 'draining', stop: 'stopping', exit: 'stopped' },
  draining: { drain: 'draining', stop: 'stopping', exit: 'stopped' },
  stopping: { drain: 'stopping', stop: 'stopping', exit: 'stopped' },
  stopped: { drain: 'stopped', stop: 'stopped', exit: 'stopped' },
};

/** @throws {TypeError} for an input that has no meaning in a state: a bug of the caller. */
export function transition(state: WorkerState, input: WorkerInput): WorkerState {
  const next = TRANSITIONS[state][input];
  if (next === undefined) throw new TypeError(`A worker that is ${state} cannot take "${input}".`);
  return next;
}
