import { fileURLToPath } from 'node:url';
import { type FakeProvider, HANG, repl, submit } from '@rlm-bridge/fake-provider';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { containersGone, waitingContainer } from './support/containers.ts';
import { PACKAGES } from './support/packages.ts';
import { descendants, gone, repls, workers } from './support/processes.ts';
import { optionsFor, provider } from './support/run.ts';
import { byQuery } from './support/session.ts';

const HOST = fileURLToPath(new URL('fixtures/leaving-host.ts', import.meta.url));
const ENVIRONMENTS = ['local', 'docker'] as const;

const script = byQuery(
  {
    short: [submit('"done"')],
    endless: [repl('print(llm_query("one"))'), repl('llm_query_batched(["two"] * 4)')],
  },
  { prompt: ({ text }) => (text === 'one' ? 'one' : HANG) },
);

function startHost(fake: FakeProvider, stays: boolean) {
  const all = ENVIRONMENTS.map((environment) => {
    const { signal: _, onEvent: __, ...options } = optionsFor(fake, { environment });
    return options;
  });
  const argv = [...PACKAGES, HOST, JSON.stringify({ all, stays })];
  const host = execa(process.execPath, argv, { reject: false });
  onTestFinished(() => void host.kill('SIGKILL'));
  return host;
}

/** What it left: the ids, and of the runs that are over the names of their containers. */
async function leftBy(host: ReturnType<typeof startHost>) {
  const ids: string[] = [];
  const over: { id: string; container: string | null }[] = [];
  const lines = host.iterable(); // a loop that leaves it would wait for the end of Node
  for (let line = await lines.next(); line.value !== 'left'; line = await lines.next()) {
    const [id = '', container] = String(line.value).split(' ');
    ids.push(id);
    if (container !== undefined && container !== 'null') over.push({ id, container });
  }
  return { ids, over };
}

test('Node is killed, in each environment a session idle, a REPL ready and a batch under way: all of it ends', async () => {
  const fake = await provider(script);
  const host = startHost(fake, true);
  const { ids, over } = await leftBy(host);
  expect(new Set(ids).size).toBe(3 * ENVIRONMENTS.length);
  await fake.until(({ openRequests }) => openRequests === 4 * ENVIRONMENTS.length);
  expect(over).toHaveLength(1);
  for (const run of over) await waitingContainer(run);
  const processes = descendants(host.pid);
  // Each session and each busy run has a worker alone; one waits for other runs.
  expect(workers(host.pid)).toHaveLength(2 * ENVIRONMENTS.length + 1);
  expect(repls(host.pid)).not.toEqual([]);
  host.kill('SIGKILL');
  await host;
  await fake.until(({ openRequests }) => openRequests === 0);
  await gone(processes);
  for (const id of ids) await containersGone(id);
});

test('Node ends by itself, its sessions and what is ready forgotten: nothing keeps it, and nothing is left', async () => {
  const host = startHost(await provider(script), false);
  const { ids } = await leftBy(host);
  expect(new Set(ids).size).toBe(2 * ENVIRONMENTS.length);
  const processes = descendants(host.pid);
  expect((await host).exitCode).toBe(0);
  await gone(processes);
  for (const id of ids) await containersGone(id);
});
