import { z } from 'zod';
import { Ping, Pong, ProtocolErrorMessage, RunCancel, RunStart, Shutdown, WorkerReady } from './control.ts';
import { WorkerEvent } from './events.ts';

/** A line from the host to the worker. */
export const HostMessage = z
  .discriminatedUnion('type', [RunStart, RunCancel, Shutdown, Ping])
  .meta({ id: 'HostMessage' });
export type HostMessage = z.infer<typeof HostMessage>;

/** A line from the worker to the host. */
export const WorkerMessage = z
  .discriminatedUnion('type', [WorkerReady, ProtocolErrorMessage, Pong, ...WorkerEvent.options])
  .meta({ id: 'WorkerMessage' });
export type WorkerMessage = z.infer<typeof WorkerMessage>;
