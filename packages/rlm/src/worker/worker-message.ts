import { HostRequest, isWithinLevels, MAX_LEVELS, WorkerMessage } from '@rlm-bridge/protocol';
import { cut } from '@rlm-bridge/text';
import { z } from 'zod';

const KNOWN_TYPES = new Set<string>(WorkerMessage.options.map(({ shape }) => shape.type.value));
const REQUEST_TYPES = new Set<string>(HostRequest.options.map(({ shape }) => shape.type.value));
const Typed = z.looseObject({ type: z.string() });

const MAX_TYPE_CHARS = 100;
const MAX_ISSUE_CHARS = 2_000;

/** What a line of a worker says: a message, one of a type that a newer worker may have, or nothing that can be taken. */
export type WorkerLine =
  | { kind: 'message'; message: WorkerMessage }
  | { kind: 'unknown'; remark: string }
  | { kind: 'wrong'; issue: string };

/** Reads a JSON value, whatever it is. Its words are cut: all of it may have been made up. */
export function readWorkerLine(value: unknown): WorkerLine {
  if (!isWithinLevels(value)) return { kind: 'wrong', issue: `a message of more than ${MAX_LEVELS} levels` };
  const parsed = WorkerMessage.safeParse(value);
  if (parsed.success) return { kind: 'message', message: parsed.data };
  const type = Typed.safeParse(value).data?.type;
  const shown = cut(String(type), MAX_TYPE_CHARS);
  if (type !== undefined && !KNOWN_TYPES.has(type)) {
    const remark = `The Python worker sent a message of unknown type "${shown}"; it may be newer than this package.`;
    return { kind: 'unknown', remark };
  }
  return { kind: 'wrong', issue: `a wrong message (${shown}): ${cut(z.prettifyError(parsed.error), MAX_ISSUE_CHARS)}` };
}

export function isRequest(message: WorkerMessage): message is HostRequest {
  return REQUEST_TYPES.has(message.type);
}
