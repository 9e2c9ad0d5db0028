/** Longest wait for `worker.ready`: importing the providers' SDKs on a cold, busy machine takes seconds. */
export const READY_TIMEOUT_MS = 60_000;

/** How long a worker has to end a cancelled run by itself; then its run is settled and its process group gets SIGTERM. */
export const CANCEL_GRACE_MS = 800;

/** How long a worker has to end the REPL of a session; then it is ended itself. */
export const SESSION_CLOSE_GRACE_MS = 15_000;

/** How long an idle worker has to show that it is there; then another is started. */
export const PING_TIMEOUT_MS = 5_000;

/** Time that a process has from SIGTERM to SIGKILL. */
export const KILL_GRACE_MS = 1_500;

/** How far a worker may run over `maxDurationMs` before the host ends the run itself. */
export const DURATION_GRACE_MS = 900;

/** How long what a dead worker wrote may take to arrive, while a grandchild still holds its pipes. */
export const DRAIN_MS = 250;

/** How much of a worker's stderr is kept for error messages. */
export const STDERR_TAIL_BYTES = 8 * 1024;

/** Longest wait for the container runtime to list or remove what a killed worker left. */
export const CONTAINER_CLEANUP_MS = 20_000;

/** How long a worker with other runs may take to say how a run ended that was settled without it; then it gets no others. */
export const LATE_END_MS = 5_000;

/** How often a worker with runs is asked whether it is there. */
export const PING_EVERY_MS = 3_000;

/** Rounds of asking in which a worker says nothing at all, after which it does not answer: a minute. */
export const SILENT_ROUNDS = 20;
