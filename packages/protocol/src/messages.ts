import { z } from 'zod';
import {
  ProtocolErrorMessage,
  RunCancel,
  RunStart,
  SessionClose,
  SessionClosed,
  Shutdown,
  WorkerDraining,
  WorkerReady,
} from './control.ts';
import { WorkerEvent } from './events.ts';
import { HostReply, HostRequest } from './host-requests.ts';
import { Ping, Pong } from './requests.ts';

/** A line from the host to the worker. */
export const HostMessage = z
  .discriminatedUnion('type', [RunStart, RunCancel, SessionClose, Shutdown, Ping, ...HostReply.options])
  .register(z.globalRegistry, { id: 'HostMessage' });
export type HostMessage = z.infer<typeof HostMessage>;

/** A line from the worker to the host. */
export const WorkerMessage = z
  .discriminatedUnion('type', [
    WorkerReady,
    WorkerDraining,
    ProtocolErrorMessage,
    SessionClosed,
    Pong,
    ...HostRequest.options,
    ...WorkerEvent.options,
  ])
  .register(z.globalRegistry, { id: 'WorkerMessage' });
export type WorkerMessage = z.infer<typeof WorkerMessage>;
