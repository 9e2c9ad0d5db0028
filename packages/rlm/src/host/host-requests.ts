import type {
  AnswerResult,
  HostReply,
  HostRequest,
  JournalResult,
  ModelResult,
  ToolResult,
} from '@rlm-bridge/protocol';
import { thrownText } from '@rlm-bridge/text';

/** What a run offers its worker. Each may reject: that is a failure of the one request. `signal` aborts with the run. */
export interface HostServices {
  callTool(request: RequestOf<'tool.call'>, signal: AbortSignal): Promise<ToolResult['outcome']>;
  callModel(request: RequestOf<'model.call'>, signal: AbortSignal): Promise<ModelResult['outcome']>;
  checkAnswer(request: RequestOf<'answer.check'>, signal: AbortSignal): Promise<AnswerResult['problems']>;
  writeEffects(request: RequestOf<'journal.append'>): Promise<JournalResult['outcome']>;
}

export type RequestOf<T extends HostRequest['type']> = Extract<HostRequest, { type: T }>;

/** Answers one request of a worker: exactly one reply, whatever the service does. */
export async function replyTo(request: HostRequest, services: HostServices, signal: AbortSignal): Promise<HostReply> {
  const { id, requestId } = request;
  switch (request.type) {
    case 'tool.call':
      return { type: 'tool.result', id, requestId, outcome: await orError(services.callTool(request, signal)) };
    case 'model.call':
      return { type: 'model.result', id, requestId, outcome: await orError(services.callModel(request, signal)) };
    case 'answer.check':
      return { type: 'answer.result', id, requestId, problems: await services.checkAnswer(request, signal) };
    case 'journal.append':
      return { type: 'journal.result', id, requestId, outcome: await orError(services.writeEffects(request)) };
  }
}

async function orError<T>(outcome: Promise<T>): Promise<T | { kind: 'error'; message: string }> {
  try {
    return await outcome;
  } catch (error) {
    return { kind: 'error', message: thrownText(error) };
  }
}
