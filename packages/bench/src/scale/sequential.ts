import { readdirSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeWorkers } from 'rlm-bridge';
import { filler } from '../scenarios/scenario.ts';
import { collectGarbage } from './garbage.ts';
import { ourRun, ROOT_MODEL } from './our-run.ts';
import { memoryMb, treeOf } from './process-tree.ts';
import type { QuickProvider } from './quick-provider.ts';
import { megabytes, type Row } from './row.ts';
import { ONE_TURN } from './turns.ts';

const CONTEXT = filler(20_000);

/** What this process and all below it hold between two runs. */
export interface Held {
  readonly mb: number;
  readonly processes: number;
  readonly descriptors: number;
  /** Files and folders for the time of a run, or of a process. */
  readonly temporary: number;
}

/** Runs one after the other in one process: what it holds after the first tenth of them, and at their end. */
export async function sequential(provider: QuickProvider, runs: number, watch: Watch): Promise<Row[]> {
  await closeWorkers();
  await provider.ask({ rootModel: ROOT_MODEL, turns: ONE_TURN, reply: 'seen', delayMs: 0 });
  const looks: Held[] = [];
  await inOwnFolder(async (folder) => {
    for (let n = 1; n <= runs; n += 1) {
      await ourRun(provider, CONTEXT);
      if (n % (runs / 10) !== 0) continue;
      const held = await heldNow(provider, folder);
      looks.push(held);
      watch(n, held);
    }
    await closeWorkers();
  });
  const [early, late] = [looks[0] as Held, looks.at(-1) as Held];
  return [
    { what: `memory after ${runs / 10} of ${runs} runs in a row`, ours: megabytes(early.mb), aim: '' },
    { what: 'at their end', ours: megabytes(late.mb), aim: 'no growth' },
    {
      what: 'processes, descriptors, temporary files at both',
      ours: `${said(early)} → ${said(late)}`,
      aim: 'the same',
    },
  ];
}

export type Watch = (runs: number, held: Held) => void;

/** What others of the machine leave in its temporary folder is not ours. */
async function inOwnFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const before = process.env.TMPDIR;
  const folder = await mkdtemp(join(tmpdir(), 'rlm-bench-'));
  process.env.TMPDIR = folder;
  try {
    await work(folder);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    await rm(folder, { recursive: true, force: true });
  }
}

async function heldNow(provider: QuickProvider, folder: string): Promise<Held> {
  collectGarbage();
  const pids = treeOf(process.pid, [provider.pid]);
  return {
    mb: memoryMb(pids),
    processes: pids.length,
    descriptors: readdirSync('/proc/self/fd').length,
    temporary: (await readdir(folder, { recursive: true })).length,
  };
}

export const said = ({ processes, descriptors, temporary }: Held) => `${processes}, ${descriptors}, ${temporary}`;
