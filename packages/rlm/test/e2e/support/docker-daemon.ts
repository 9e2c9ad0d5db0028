import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { endWorkers } from './end-workers.ts';

/** The socket of the machine's daemon. */
export const DAEMON = process.env.DOCKER_HOST?.replace('unix://', '') ?? '/var/run/docker.sock';

/**
 * Until the test is over the daemon is behind a socket that can hang up, as one that is stopped does, or an address of
 * the network, as if it were another machine's.
 * @returns hangs up.
 */
export async function throughProxy(where: 'a socket' | 'an address'): Promise<() => void> {
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
  const at = where === 'a socket' ? { path } : { host: '127.0.0.1', port: 0 };
  await new Promise<void>((listening) => proxy.listen(at, listening));
  const { DOCKER_HOST: before } = process.env;
  const address = proxy.address() as AddressInfo | string;
  process.env.DOCKER_HOST = typeof address === 'string' ? `unix://${path}` : `tcp://127.0.0.1:${address.port}`;
  const hangUp = () => {
    proxy.close();
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(async () => {
    hangUp();
    if (before === undefined) delete process.env.DOCKER_HOST;
    else process.env.DOCKER_HOST = before;
    await endWorkers();
    await rm(folder, { recursive: true });
  });
  return hangUp;
}
