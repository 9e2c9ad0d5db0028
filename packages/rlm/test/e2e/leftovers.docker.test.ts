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
import type { TestEnvironment } from './support/environment.ts';
import {
  alive,
  containersOf,
  descendants,
  localSupervisors,
  type Process,
  startedWith,
  workers,
} from './support/processes.ts';
import { optionsFor, provider } from './support/run.ts';
import { seeded } from './support/seeded.ts';

const HOST = fileURLToPath(new URL('fixtures/reporting-host.ts', import.meta.url));
const RUNS = Number(process.env.RLM_LEFTOVER_RUNS ?? 20);
const SEED = Number(process.env.RLM_LEFTOVER_SEED ?? Date.now() % 1_000_000);

/** What is still there then is told; the test's own timeout would not say what it is. */
const WATCHDOG_MS = 60_000;
const LOOK_AGAIN_MS = 100;

/** Events of a run until it waits in its last code block. */
const EVENTS = 19;
const MOST_TURNS_LOG2 = 17;

const LAST_BLOCKS = ['llm_query_batched(["wait"] * 4)', 'while True: pass'];
const VICTIMS = { docker: ['Node', 'worker', 'container'], local: ['Node', 'worker', 'kernel'] } as const;
type Victim = (typeof VICTIMS)[TestEnvironment][number];

interface Kill {
  readonly environment: TestEnvironment;
  readonly victim: Victim;
  readonly events: number;
  readonly turns: number;
  readonly lastBlock: string;
}

function killsOf(seed: number): Kill[] {
  const random = seeded(seed);
  const oneOf = <T>(values: readonly T[]) => values[random(values.length)] as T;
  return Array.from({ length: RUNS }, () => {
    const environment = oneOf(['docker', 'docker', 'local'] as const);
    const victim = oneOf<Victim>(VICTIMS[environment]);
    const turns = random(2 ** random(MOST_TURNS_LOG2 + 1));
    return { environment, victim, events: random(EVENTS + 1), turns, lastBlock: oneOf(LAST_BLOCKS) };
  });
}

/** Starts a run in a Node of its own, whose every process carries the path of `folder`, its folder for temporary files. */
async function startHost({ environment, lastBlock }: Kill, folder: string) {
  const answers = { turns: [repl('print("here")'), repl('print(llm_query("one"))'), repl(lastBlock)] };
  const fake = await provider(conversation({ ...answers, prompt: ({ text }) => (text === 'one' ? 'one' : HANG) }));
  const { signal: _, onEvent: __, ...options } = optionsFor(fake, { environment });
  const argument = JSON.stringify({ options, context: 'a context' });
  const host = execa(process.execPath, ['--conditions=source', HOST, argument], {
    reject: false,
    env: { TMPDIR: folder },
  });
  onTestFinished(() => void host.kill('SIGKILL'));
  const lines = createInterface({ input: host.stdout });
  return { host, lines: on(lines, 'line', { close: ['close'] }) };
}

/** What is to be killed, where it is there at this moment. */
async function kill(victim: Victim, host: number, runId: string): Promise<boolean> {
  const [worker] = workers(host);
  if (victim === 'container') {
    const containers = await containersOf(runId);
    const killed = await execa('docker', ['kill', ...containers], { reject: false });
    return containers.length > 0 && !killed.failed;
  }
  const pids = {
    Node: [host],
    worker: worker === undefined ? [] : [worker.pid],
    kernel: localSupervisors(host).map(({ pid }) => pid),
  }[victim];
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  return pids.length > 0;
}

async function leftovers(runId: string, folder: string, known: readonly Process[]) {
  const processes = [...alive(known), ...startedWith(folder)];
  return { containers: await containersOf(runId), processes, files: await readdir(folder) };
}

const NOTHING = { containers: [], processes: [], files: [] };
const kills = killsOf(SEED).map((kill, index) => ({ ...kill, run: index + 1 }));

describe(`killed at random moments, seed ${SEED} (RLM_LEFTOVER_SEED)`, () => {
  test.each(kills)('$run: $environment, SIGKILL to $victim after $events events, $turns turns', async (given) => {
    const folder = await mkdtemp(join(tmpdir(), 'rlm-test-leftovers-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const { host, lines } = await startHost(given, folder);
    const pid = host.pid ?? expect.unreachable('Node did not start');
    const { value } = await lines.next();
    const runId = String(value);
    for (let seen = 0; seen < given.events; seen++) expect((await lines.next()).done).toBe(false);
    for (let left = given.turns; left > 0; left--) await turn();
    const known = descendants(pid);
    // What is not there yet cannot be killed; the host always is.
    if (!(await kill(given.victim, pid, runId))) host.kill('SIGKILL');
    await expect
      .poll(() => leftovers(runId, folder, known), { timeout: WATCHDOG_MS, interval: LOOK_AGAIN_MS })
      .toEqual(NOTHING);
  });
});
