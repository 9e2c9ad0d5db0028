import { on } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { conversation, HANG, repl } from '@rlm-bridge/fake-provider';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';
import { containersOf, killContainers } from './support/containers.ts';
import type { TestEnvironment } from './support/environment.ts';
import { PACKAGES } from './support/packages.ts';
import {
  alive,
  descendants,
  localSupervisors,
  type Process,
  repls,
  startedWith,
  workers,
} from './support/processes.ts';
import { optionsFor, provider } from './support/run.ts';
import { seeded } from './support/seeded.ts';

const HOST = fileURLToPath(new URL('fixtures/reporting-host.ts', import.meta.url));
const ROUNDS = Number(process.env.RLM_LEFTOVER_ROUNDS ?? 1);
const SEED = Number(process.env.RLM_LEFTOVER_SEED ?? Date.now() % 1_000_000);

/** What is still there then is told; the test's own timeout would not say what it is. */
const WATCHDOG_MS = 60_000;
const LOOK_AGAIN_MS = 100;
const watched = { timeout: WATCHDOG_MS, interval: LOOK_AGAIN_MS };

/** Events of a run until it waits in its last code block. */
const EVENTS = 19;
const MOST_TURNS_LOG2 = 17;

const LAST_BLOCKS = ['llm_query_batched(["wait"] * 4)', 'while True: pass'];

type Victim = 'Node' | 'worker' | 'container' | 'kernel';
/**
 * In which part of a run's events it is killed: while all starts, in the first half, or in the second. Before its first event a run
 * may have no worker yet, and an idle one that is killed is none of it.
 */
const PARTS = { start: [0, 4], first: [1, 10], second: [10, EVENTS + 1] } as const;
type Kill = readonly [Victim, keyof typeof PARTS];

/** Processes of Node, each with a run for each kill; the last kill is that of Node itself. */
const HOSTS: readonly { readonly environment: TestEnvironment; readonly kills: readonly Kill[] }[] = [
  {
    environment: 'docker',
    kills: [
      ['container', 'second'],
      ['worker', 'first'],
      ['Node', 'second'],
    ],
  },
  {
    environment: 'docker',
    kills: [
      ['worker', 'second'],
      ['container', 'first'],
      ['Node', 'start'],
    ],
  },
  {
    environment: 'local',
    kills: [
      ['kernel', 'first'],
      ['worker', 'second'],
      ['kernel', 'second'],
      ['Node', 'first'],
    ],
  },
];

function hostsOf(seed: number) {
  const random = seeded(seed);
  const moment = ([victim, part]: Kill) => {
    const [from, to] = PARTS[part];
    return { victim, events: from + random(to - from), turns: random(2 ** random(MOST_TURNS_LOG2 + 1)) };
  };
  return Array.from({ length: ROUNDS }, () => HOSTS)
    .flat()
    .map(({ environment, kills }) => {
      const moments = kills.map(moment);
      const words = moments.map(({ victim, events, turns }) => `${victim} after ${events} events, ${turns} turns`);
      return { environment, moments, words, lastBlock: LAST_BLOCKS[random(LAST_BLOCKS.length)] ?? '' };
    });
}

/**
 * Starts a Node whose every process carries the path of `folder`, its folder for temporary files: where workers are forked, in a
 * variable of what they are forked from.
 */
async function startHost(environment: TestEnvironment, lastBlock: string, folder: string) {
  const answers = { turns: [repl('print("here")'), repl('print(llm_query("one"))'), repl(lastBlock)] };
  const fake = await provider(conversation({ ...answers, prompt: ({ text }) => (text === 'one' ? 'one' : HANG) }));
  const { signal: _, onEvent: __, ...options } = optionsFor(fake, { environment });
  const argument = JSON.stringify({ options, context: 'a context' });
  const host = execa(process.execPath, [...PACKAGES, HOST, argument], {
    reject: false,
    env: { TMPDIR: folder, XDG_CONFIG_HOME: folder },
  });
  onTestFinished(() => void host.kill('SIGKILL'));
  const lines = on(createInterface({ input: host.stdout }), 'line', { close: ['close'] });
  const line = async () => {
    const { value, done } = await lines.next();
    return done ? expect.unreachable('Node ended') : String(value);
  };
  return { host, pid: host.pid ?? expect.unreachable('Node did not start'), line };
}

/** Kills what is there of it at this moment. Gives what has to end with it, of a victim that Node outlives; null: none is there. */
async function kill(victim: Victim, host: number, runId: string) {
  if (victim === 'container') {
    const containers = await containersOf(runId);
    return (await killContainers(containers)) ? { containers, processes: [] } : null;
  }
  const pids = {
    Node: () => [host],
    worker: () => workers(host).map(({ pid }) => pid),
    kernel: () => localSupervisors(host).map(({ pid }) => pid),
  }[victim]();
  const processes = [...repls(host), ...(victim === 'worker' ? workers(host) : [])];
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  return pids.length === 0 ? null : { containers: null, processes };
}

/** Of a run whose worker or REPL was killed. `containers`: of them, those that count; null: all. */
async function leftOfRun(runId: string, containers: string[] | null, processes: readonly Process[]) {
  const there = await containersOf(runId);
  return [...there.filter((id) => containers?.includes(id) ?? true), ...alive(processes)];
}

async function leftovers(runIds: readonly string[], folder: string, known: readonly Process[]) {
  const processes = [...alive(known), ...startedWith(folder)];
  const containers = (await Promise.all(runIds.map((id) => containersOf(id)))).flat();
  return { containers, processes, files: await readdir(folder) };
}

const NOTHING = { containers: [], processes: [], files: [] };

describe(`killed at random moments, seed ${SEED} (RLM_LEFTOVER_SEED)`, () => {
  test.each(hostsOf(SEED))('$environment, SIGKILL to $words', async ({ environment, moments, lastBlock }) => {
    const folder = await mkdtemp(join(tmpdir(), 'rlm-test-leftovers-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const { host, pid, line } = await startHost(environment, lastBlock, folder);
    const runIds: string[] = [];
    const known: Process[] = [];
    for (const { victim, events, turns } of moments) {
      host.stdin.write('\n');
      const runId = await line();
      runIds.push(runId);
      for (let seen = 0; seen < events; seen++) await line();
      for (let left = turns; left > 0; left--) await turn();
      known.push(...descendants(pid));
      let doomed = await kill(victim, pid, runId);
      // What is not there yet is killed once it is.
      for (; doomed === null; doomed = await kill(victim, pid, runId)) expect(await line()).not.toBe('over');
      if (victim === 'Node') break;
      while ((await line()) !== 'over');
      const { containers, processes } = doomed;
      await expect.poll(() => leftOfRun(runId, containers, processes), watched).toEqual([]);
    }
    await expect.poll(() => leftovers(runIds, folder, known), watched).toEqual(NOTHING);
  });
});
