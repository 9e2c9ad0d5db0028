/** Where a worker process is in its life. Only `idle` takes a run; nothing leaves `stopped`. */
export type WorkerState = 'starting' | 'idle' | 'running' | 'cancelling' | 'stopping' | 'stopped';

/** What happens to a worker. `ended` is the terminal event of its run, `stop` the decision to be rid of it. */
export type WorkerInput = 'ready' | 'run' | 'cancel' | 'ended' | 'stop' | 'exit';

const TRANSITIONS: Record<WorkerState, Partial<Record<WorkerInput, WorkerState>>> = {
  starting: { ready: 'idle', stop: 'stopping', exit: 'stopped' },
  idle: { run: 'running', stop: 'stopping', exit: 'stopped' },
  running: { cancel: 'cancelling', ended: 'idle', stop: 'stopping', exit: 'stopped' },
  cancelling: { cancel: 'cancelling', ended: 'idle', stop: 'stopping', exit: 'stopped' },
  stopping: { cancel: 'stopping', ended: 'stopping', stop: 'stopping', exit: 'stopped' },
  stopped: { cancel: 'stopped', ended: 'stopped', stop: 'stopped', exit: 'stopped' },
};

/** @throws {TypeError} for an input that has no meaning in a state: a bug of the caller. */
export function transition(state: WorkerState, input: WorkerInput): WorkerState {
  const next = TRANSITIONS[state][input];
  if (next === undefined) throw new TypeError(`A worker that is ${state} cannot take "${input}".`);
  return next;
}
