import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conversation, submit } from '@rlm-bridge/fake-provider';
import { execa } from 'execa';
import { afterAll, afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { closeWorkers, configureWorkers } from '../../src/index.ts';
import { LATE_VARIABLES } from '../../src/python/inherited-variables.ts';
import { pythonCommand, type WorkerCommand } from '../../src/python/python-command.ts';
import { findWorkerSource } from '../../src/python/worker-source.ts';
import { WorkerProcess } from '../../src/worker/worker-process.ts';
import { endWorkers } from './support/end-workers.ts';
import { descendants, gone, type Process, replTemplates, templates, workers } from './support/processes.ts';
import { finish, PYTHON, provider } from './support/run.ts';

const never = new AbortController().signal;
const forks = process.platform === 'linux';

function command(env: NodeJS.ProcessEnv = {}): WorkerCommand {
  return pythonCommand(PYTHON, findWorkerSource({}).sources, 'local', { ...process.env, ...env });
}

async function started(env: NodeJS.ProcessEnv = {}): Promise<{ worker: WorkerProcess; pid: number }> {
  const worker = await WorkerProcess.start(command(env), never);
  onTestFinished(() => worker.stop()); // of a test that failed: the next one is to find none of it
  return { worker, pid: (await worker.handshake()).pid };
}

function one(processes: Process[]): Process {
  const [first, ...others] = processes;
  if (first === undefined || others.length > 0)
    throw new Error(`${processes.length} processes, where one was expected`);
  return first;
}

/** What a worker was forked from. */
function templateOf(pid: number | undefined): Process {
  const parent = workers().find((worker) => worker.pid === pid)?.parent;
  return one(templates().filter((template) => template.pid === parent));
}

function groupOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ')[2]);
}

/** Ends what workers are forked from: a test for which it is to be new, or not there, says so. */
async function endTemplates(): Promise<void> {
  await closeWorkers();
  expect(descendants().filter(({ name }) => name.startsWith('rlm-'))).toEqual([]);
  await gone(replTemplates());
}

afterEach(async () => {
  await endWorkers();
  expect(workers()).toEqual([]);
});
afterAll(endTemplates);

/** A worker that is a program of its own takes ten times what a fork takes. */
const ALL_MODES: [start: string, atOnce: number, inARow: number][] = [
  ['spawn', 2, 1],
  ['fork', 5, 4],
];
const MODES = ALL_MODES.slice(0, forks ? 2 : 1);

describe.each(MODES)('RLM_WORKER_START=%s', (start, atOnce, inARow) => {
  const env = { RLM_WORKER_START: start };

  test(`${atOnce} workers that are started at once are ${atOnce}, each the first of its process group, and each tells its end; ${inARow} in a row leave neither process, folder nor descriptor`, async () => {
    const all = await Promise.all(Array.from({ length: atOnce }, () => started(env)));
    expect(new Set(all.map(({ pid }) => pid)).size).toBe(atOnce);
    expect(all.map(({ pid }) => groupOf(pid))).toEqual(all.map(({ pid }) => pid));
    const [killed, ...others] = all;
    process.kill(killed?.pid ?? expect.unreachable(), 'SIGKILL');
    expect(await killed?.worker.exited).toEqual({ exitCode: null, signal: 'SIGKILL', spawnError: null });
    expect(killed?.worker.closed.reason.message).toContain('by SIGKILL');
    for (const { worker } of others) {
      await worker.stop();
      expect(await worker.exited).toEqual({ exitCode: 0, signal: null, spawnError: null });
      expect(worker.stderrTail).toBe('');
    }
    const before = readdirSync('/proc/self/fd').length;
    for (let count = 0; count < inARow; count++) {
      const { worker } = await started(env);
      await worker.stop();
      expect(readdirSync(tmpdir())).not.toContain(worker.folder);
    }
    expect(workers()).toEqual([]);
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before);
  });

  test('what a worker said last is in its error, with what its exit code means', async () => {
    const TMPDIR = join(await mkdtemp(join(tmpdir(), 'rlm-test-')), 'not-there');
    process.env.TMPDIR = TMPDIR;
    try {
      await expect(WorkerProcess.start(command(env), never)).rejects.toMatchObject({
        code: 'temp_folder_unusable',
        message: expect.stringContaining('No such file or directory'),
      });
    } finally {
      process.env.TMPDIR = join(TMPDIR, '../..');
    }
  });
});

test('the end of Node, however it ends, is the end of all that it started', async () => {
  const commands = MODES.map(([start]) => command({ RLM_WORKER_START: start }));
  const program = `
    import { WorkerProcess } from ${JSON.stringify(join(import.meta.dirname, '../../src/worker/worker-process.ts'))};
    const started = ${JSON.stringify(commands)}.map((command) => WorkerProcess.start(command, new AbortController().signal));
    await Promise.all(started);
    console.log('started');
    setInterval(() => {}, 1000);
  `;
  const node = execa('node', ['--conditions=@rlm-bridge/source', '--input-type=module-typescript'], {
    input: program,
    reject: false,
    nodeOptions: [],
  });
  await new Promise((resolve) => node.stdout.once('data', resolve));
  const below = descendants(node.pid);
  const ours = below.map(({ name }) => name).filter((name) => name.startsWith('rlm-'));
  expect(ours.toSorted()).toEqual([...(forks ? ['rlm-template'] : []), ...MODES.map(() => 'rlm-worker')]);
  await expect.poll(() => replTemplates(node.pid)).toHaveLength(forks ? 1 : 0);
  node.kill('SIGKILL');
  await node;
  await gone(below);
});

test('RLM_WORKER_START that is neither is told before anything starts', () => {
  expect(() => command({ RLM_WORKER_START: 'thread' })).toThrow(
    'RLM_WORKER_START must be "fork" or "spawn"; it is "thread".',
  );
});

// What was started before, with other variables, is still there.
describe.runIf(forks)('a template', () => {
  test('has the variables of a worker and no others, but for those that are each worker’s own', async () => {
    const { worker, pid } = await started({ ANTHROPIC_API_KEY: 'sk-not-for-it' });
    const variables = readFileSync(`/proc/${templateOf(pid).pid}/environ`, 'utf8')
      .split('\0')
      .filter(Boolean);
    const names = variables
      .map((variable) => variable.split('=')[0])
      .filter((name) => !name?.startsWith('NODE_CHANNEL_'));
    const shared = Object.keys(command().env).filter((name) => !LATE_VARIABLES.includes(name));
    expect(names.toSorted()).toEqual(shared.toSorted());
    await worker.stop();
  });

  test('keeps one process that the REPLs of all its workers are forked from, and another when that is killed', async () => {
    const all = [await started(), await started()];
    const { pid: template } = templateOf(all[0]?.pid);
    const kept = () => replTemplates(template);
    await expect.poll(kept).toHaveLength(1);
    const killed = one(kept());
    process.kill(killed.pid, 'SIGKILL');
    await gone([killed]); // its variables are gone before its sockets are
    all.push(await started(), await started());
    // Started by a fork: what it is called by comes with its program.
    await expect.poll(() => kept().map((found) => found.pid === killed.pid)).toEqual([false]);
    const fake = await provider(conversation({ turns: [submit('"done"')] }));
    expect(await finish(fake)).toMatchObject({ result: { success: true } });
    for (const { worker } of all) await worker.stop();
  });

  test('is one for all workers of an environment, whatever daemon and folder they have, and keeps no REPLs’ where they are containers', async () => {
    const all = [await started(), await started({ DOCKER_HOST: 'unix:///elsewhere', TMPDIR: '/elsewhere' })];
    const inContainers = pythonCommand(PYTHON, findWorkerSource({}).sources, 'docker', { ...process.env, LANG: 'C' });
    const other = await WorkerProcess.start(inContainers, never);
    const [first, second] = all.map(({ pid }) => templateOf(pid).pid);
    expect(first).toBe(second);
    const { pid: another } = templateOf((await other.handshake()).pid);
    expect(another).not.toBe(first);
    expect(replTemplates(first)).toHaveLength(1);
    expect(replTemplates(another)).toEqual([]);
    for (const worker of [...all.map(({ worker }) => worker), other]) await worker.stop();
  });

  test('that is killed while a worker is asked of it takes none with it, and another serves that one', async () => {
    const { worker, pid } = await started();
    const killed = templateOf(pid);
    const survivor = workers();
    process.kill(killed.pid, 'SIGSTOP');
    const starting = started();
    process.kill(killed.pid, 'SIGKILL');
    await gone([killed]);
    await worker.ping(never);
    const next = await starting;
    expect(templateOf(next.pid).pid).not.toBe(killed.pid);
    process.kill(pid, 'SIGKILL');
    expect(await worker.exited).toEqual({ exitCode: null, signal: null, spawnError: null });
    expect(worker.closed.reason.message).toContain('nobody saw how');
    await gone(survivor);
    await next.worker.stop();
  });

  test('ends with its last worker after the idle time', async () => {
    configureWorkers({ idleMs: 0 });
    try {
      const { worker, pid } = await started();
      const template = templateOf(pid);
      await finish(await provider(conversation({ turns: [submit('"done"')] })));
      await worker.stop();
      await gone([template, ...workers()]);
    } finally {
      configureWorkers({ idleMs: 60_000 });
    }
  });
});

// At the end, where none is warm: what workers are forked from is aborted with the first of them.
test.each(MODES)(
  'RLM_WORKER_START=%s: an abort while a worker starts rejects with its reason and leaves no process',
  async (start) => {
    await endTemplates();
    const abort = new AbortController();
    const starting = WorkerProcess.start(command({ RLM_WORKER_START: start }), abort.signal);
    await expect.poll(() => descendants(), { interval: 5 }).not.toEqual([]);
    const below = descendants();
    abort.abort(new Error('changed my mind'));
    await expect(starting).rejects.toThrow('changed my mind');
    expect(below).not.toEqual([]);
    await gone(below);
  },
);
