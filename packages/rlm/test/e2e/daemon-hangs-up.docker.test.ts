import { submit } from '@rlm-bridge/fake-provider';
import { expect, test } from 'vitest';
import { RLMError, type RLMSession } from '../../src/index.ts';
import { containersGone } from './support/containers.ts';
import { DAEMON, throughProxy } from './support/docker-daemon.ts';
import { IMAGE, provider } from './support/run.ts';
import { byQuery, open } from './support/session.ts';

const SESSIONS = 2;

/** How a turn ends: its answer, or the literal code of its failure. */
async function endOf(session: RLMSession, query: string): Promise<string> {
  try {
    const result = await session.run(undefined, query);
    return result.success ? result.answer : result.error.code;
  } catch (error) {
    return RLMError.isInstance(error) ? error.code : `not typed: ${error}`;
  }
}

test('open containers whose daemon goes away: each turn ends with a code, and nothing is left', async () => {
  const hangUp = await throughProxy('a socket');
  const fake = await provider(byQuery({ first: [submit('"one"')], second: [submit('"two"')] }));
  const given = { environment: 'docker', environmentOptions: { image: IMAGE } } as const;
  const sessions = await Promise.all(Array.from({ length: SESSIONS }, () => open(fake, given)));
  const first = await Promise.all(sessions.map((session) => session.run('text', 'first')));
  expect(first.map(({ success }) => success)).toEqual(Array(SESSIONS).fill(true));
  hangUp();
  const second = await Promise.all(sessions.map((session) => endOf(session, 'second')));
  expect(second).toEqual(Array(SESSIONS).fill('session_lost'));
  process.env.DOCKER_HOST = `unix://${DAEMON}`;
  await Promise.all(sessions.map((session) => session.close()));
  await Promise.all(sessions.map(({ id }) => containersGone(id)));
});
