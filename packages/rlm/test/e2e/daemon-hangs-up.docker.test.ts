import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { submit } from '@rlm-bridge/fake-provider';
import { expect, onTestFinished, test } from 'vitest';
import { closeWorkers, RLMError, type RLMSession } from '../../src/index.ts';
import { containersGone } from './support/processes.ts';
import { IMAGE, provider } from './support/run.ts';
import { byQuery, open } from './support/session.ts';

const DAEMON = process.env.DOCKER_HOST?.replace('unix://', '') ?? '/var/run/docker.sock';
const SESSIONS = 10;

/** The daemon behind a socket that can hang up, as one that is stopped does. */
async function throughProxy(): Promise<() => void> {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  const path = join(folder, 'docker.sock');
  const sockets = new Set<Socket>();
  const proxy = createServer({ allowHalfOpen: true }, (client) => {
    const daemon = connect({ path: DAEMON, allowHalfOpen: true });
    client.pipe(daemon).pipe(client);
    for (const socket of [client, daemon]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    }
  });
  await new Promise<void>((listening) => proxy.listen(path, listening));
  const { DOCKER_HOST: before } = process.env;
  process.env.DOCKER_HOST = `unix://${path}`;
  const hangUp = () => {
    proxy.close();
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(async () => {
    hangUp();
    if (before === undefined) delete process.env.DOCKER_HOST;
    else process.env.DOCKER_HOST = before;
    await closeWorkers();
    await rm(folder, { recursive: true });
  });
  return hangUp;
}

/** How a turn ends: its answer, or the literal code of its failure. */
async function endOf(session: RLMSession, query: string): Promise<string> {
  try {
    const result = await session.run(undefined, query);
    return result.success ? result.answer : result.error.code;
  } catch (error) {
    return RLMError.isInstance(error) ? error.code : `not typed: ${error}`;
  }
}

test('ten open containers whose daemon goes away: each turn ends with a code, and nothing is left', async () => {
  const hangUp = await throughProxy();
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
