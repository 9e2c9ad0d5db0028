import { readdirSync } from 'node:fs';
import { closeWorkers } from 'rlm-bridge';
import { fourByFour } from '../scenarios/four-by-four.ts';
import { ourRun, ROOT_MODEL } from './our-run.ts';
import { memoryMb, treeOf } from './process-tree.ts';
import type { QuickProvider } from './quick-provider.ts';
import { megabytes, type Row } from './row.ts';
import { FOUR_TURNS } from './turns.ts';

const scenario = fourByFour(20_000);

/** What this process and all below it hold between two runs. */
export interface Held {
  readonly mb: number;
  readonly processes: number;
  readonly descriptors: number;
}

/** Runs one after the other in one process: what it holds after the first tenth of them, and at their end. */
export async function sequential(provider: QuickProvider, runs: number, watch?: Watch): Promise<Row[]> {
  await closeWorkers();
  await provider.ask({ rootModel: ROOT_MODEL, turns: FOUR_TURNS, reply: 'seen', delayMs: 0 });
  const looks: Held[] = [];
  for (let n = 1; n <= runs; n += 1) {
    await ourRun(provider, scenario.context as string);
    if (n % (runs / 10) !== 0) continue;
    const held = heldNow(provider);
    looks.push(held);
    watch?.(n, held);
  }
  const [early, late] = [looks[0] as Held, looks.at(-1) as Held];
  return [
    { what: `memory after ${runs / 10} of ${runs} runs in a row`, ours: megabytes(early.mb), aim: '' },
    { what: 'at their end', ours: megabytes(late.mb), aim: 'no growth' },
    { what: 'processes, descriptors at both', ours: `${said(early)} → ${said(late)}`, aim: 'the same' },
  ];
}

type Watch = (runs: number, held: Held) => void;

function heldNow(provider: QuickProvider): Held {
  globalThis.gc?.();
  const pids = treeOf(process.pid, [provider.pid]);
  return { mb: memoryMb(pids), processes: pids.length, descriptors: readdirSync('/proc/self/fd').length };
}

const said = ({ processes, descriptors }: Held) => `${processes}, ${descriptors}`;
