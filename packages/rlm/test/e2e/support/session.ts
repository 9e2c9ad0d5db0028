import { conversation, type FakeProvider, type Script } from '@rlm-bridge/fake-provider';
import { onTestFinished } from 'vitest';
import {
  openSession,
  type RLMContext,
  type RLMSession,
  type RLMSessionOptions,
  type RLMTurnOptions,
} from '../../../src/index.ts';
import { alwaysReplayed } from './lives.ts';
import { compareLivesOf } from './lives-of-sessions.ts';
import { keepEvents, type Observed, optionsFor } from './run.ts';

type Conversation = Parameters<typeof conversation>[0];

/** A script that plays, for each query, the root's turns listed under it. */
export function byQuery(turns: Record<string, Conversation['turns']>, rest: Omit<Conversation, 'turns'> = {}): Script {
  return (request) => conversation({ ...rest, turns: turns[queryOf(request.messages)] ?? [] })(request);
}

/** What a root model is asked. */
export function queryOf(messages: readonly { readonly content: string }[]): string {
  return /^Answer the following: (.*)$/m.exec(messages[1]?.content ?? '')?.[1] ?? '';
}

/** What a model is told of the contexts of a session. */
export const CONTEXTS = (count: number) =>
  `Note: You have ${count} contexts available (context_0 through context_${count - 1}).`;

/** A session that is closed when the test ends. */
export async function open(fake: FakeProvider, options: RLMSessionOptions = {}): Promise<RLMSession> {
  const all = alwaysReplayed(optionsFor(fake, options) as RLMSessionOptions, 'sessionId');
  const session = compareLivesOf(await openSession(all), all);
  onTestFinished(() => session.close());
  return session;
}

/** Starts a turn and keeps its events. */
export function turn(
  session: RLMSession,
  context: RLMContext | undefined,
  query: string,
  options: RLMTurnOptions = {},
): Observed {
  return keepEvents((onEvent) => session.run(context, query, { ...options, onEvent }));
}
