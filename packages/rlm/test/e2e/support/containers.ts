import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { expect, onTestFinished } from 'vitest';
import { SANDBOX_IMAGE } from '../../../../../scripts/docker.ts';
import { DAEMON } from './docker-daemon.ts';

const LOOK_AGAIN_MS = 50;

/** A container as the daemon lists it. */
interface Listed {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly State: string;
}

/** Asks the daemon itself: its command takes as much to start as a container. Gives its answer, or null where it has none. */
async function ask(method: 'GET' | 'POST', path: string): Promise<string | null> {
  const asking = request({ socketPath: DAEMON, method, path, agent: false }).end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  const said = await text(answer);
  return (answer.statusCode ?? 0) < 400 ? said : null;
}

async function listed(runId: string): Promise<Listed[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`rlm-bridge.run=${runId}`] }));
  const list = await ask('GET', `/containers/json?all=true&filters=${filters}`);
  return JSON.parse(list ?? expect.unreachable('the daemon lists no containers'));
}

/** Containers of a run, running or not. */
export async function containersOf(runId: string, runtime = 'docker'): Promise<string[]> {
  if (runtime === 'docker') return (await listed(runId)).map(({ Id }) => Id);
  const { stdout } = await execa`${runtime} ps -aq --no-trunc --filter label=rlm-bridge.run=${runId}`;
  return stdout.split('\n').filter((id) => id !== '');
}

/** One more that is labelled as a run's, and no worker's: made, and not started, until the test ends. */
export async function containerOfNoWorker(runId: string): Promise<string> {
  const { stdout } = await execa`docker create --label rlm-bridge.run=${runId} ${SANDBOX_IMAGE} true`;
  onTestFinished(async () => void (await execa`docker rm ${stdout}`));
  return stdout;
}

/** The names of those that run. */
async function runningContainers(runId: string): Promise<string[]> {
  const running = (await listed(runId)).filter(({ State }) => State === 'running');
  return running.flatMap(({ Names }) => Names.map((name) => name.slice(1)));
}

export interface RanInContainer {
  readonly id: string;
  /** The name of its own container. */
  readonly container: string | null;
}

/** The name of the one container that waits for the run after this one, whose own may not be gone yet. */
export async function waitingContainer({ id, container }: RanInContainer): Promise<string> {
  for (;;) {
    const other = (await runningContainers(id)).find((name) => name !== container);
    if (other !== undefined) return other;
    await sleep(LOOK_AGAIN_MS);
  }
}

/** Resolves when a run has no container any more. */
export async function containersGone(runId: string, runtime = 'docker'): Promise<void> {
  while ((await containersOf(runId, runtime)).length > 0) await sleep(LOOK_AGAIN_MS);
}

/** Kills them as nobody can prevent; false when there is none, or one that does not run. */
export async function killContainers(containers: readonly string[]): Promise<boolean> {
  const answers = await Promise.all(containers.map((id) => ask('POST', `/containers/${id}/kill`)));
  return answers.length > 0 && !answers.includes(null);
}

/** The first process of each, of those that run. */
export async function processesIn(containers: readonly string[]): Promise<number[]> {
  const inspected = await Promise.all(containers.map((id) => ask('GET', `/containers/${id}/json`)));
  const pids = inspected.map((one): number => (one === null ? 0 : JSON.parse(one).State.Pid));
  return pids.filter((pid) => pid > 0);
}
