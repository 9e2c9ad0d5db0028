import { z } from 'zod';
import { JournalAppend, JournalResult } from './journal-requests.ts';
import { AnswerCheck, AnswerResult, ModelCall, ModelResult, ToolCall, ToolResult } from './requests.ts';

/** What a worker asks of its host. */
export const HostRequest = z.discriminatedUnion('type', [ToolCall, ModelCall, AnswerCheck, JournalAppend]);
export type HostRequest = z.infer<typeof HostRequest>;

/** What a host answers. */
export const HostReply = z.discriminatedUnion('type', [ToolResult, ModelResult, AnswerResult, JournalResult]);
export type HostReply = z.infer<typeof HostReply>;
