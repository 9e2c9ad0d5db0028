import { z } from 'zod';
import { ProtocolErrorCode } from './codes.ts';
import { id } from './fields.ts';
import { RunSpec } from './run-spec.ts';

// Tier 1, control: the host starts and ends things, several runs at once; the worker says that it is there.

export const RunStart = z
  .strictObject({ type: z.literal('run.start'), id, spec: RunSpec })
  .register(z.globalRegistry, { id: 'RunStart' });
export type RunStart = z.infer<typeof RunStart>;

export const RunCancel = z
  .strictObject({ type: z.literal('run.cancel'), id })
  .register(z.globalRegistry, { id: 'RunCancel' });
export type RunCancel = z.infer<typeof RunCancel>;

export const Shutdown = z.strictObject({ type: z.literal('shutdown') }).register(z.globalRegistry, { id: 'Shutdown' });
export type Shutdown = z.infer<typeof Shutdown>;

/** The end of a session: `id` is the session's, as in `RunSpec.session`. Answered by `session.closed`. */
export const SessionClose = z
  .strictObject({ type: z.literal('session.close'), id })
  .register(z.globalRegistry, { id: 'SessionClose' });
export type SessionClose = z.infer<typeof SessionClose>;

export const SessionClosed = z
  .strictObject({ type: z.literal('session.closed'), id })
  .register(z.globalRegistry, { id: 'SessionClosed' });
export type SessionClosed = z.infer<typeof SessionClosed>;

export const WorkerReady = z
  .strictObject({
    type: z.literal('worker.ready'),
    protocolVersion: z.int(),
    workerVersion: z.string(),
    rlmsVersion: z.string(),
    promptsVersion: z.int(),
    pythonVersion: z.string(),
    priceTable: z.string(),
    pid: z.int().positive(),
  })
  .register(z.globalRegistry, { id: 'WorkerReady' });
export type WorkerReady = z.infer<typeof WorkerReady>;

/**
 * The thread of the run `id` does not unwind: the worker is to be given no other run. The runs that go on in it come to
 * their end; then the host ends it.
 */
export const WorkerDraining = z
  .strictObject({ type: z.literal('worker.draining'), id })
  .register(z.globalRegistry, { id: 'WorkerDraining' });
export type WorkerDraining = z.infer<typeof WorkerDraining>;

/** A line the worker could not take. `id` names the run it was about, when that could be read. */
export const ProtocolErrorMessage = z
  .strictObject({
    type: z.literal('protocol.error'),
    id: id.nullable(),
    code: ProtocolErrorCode,
    message: z.string(),
  })
  .register(z.globalRegistry, { id: 'ProtocolErrorMessage' });
export type ProtocolErrorMessage = z.infer<typeof ProtocolErrorMessage>;
