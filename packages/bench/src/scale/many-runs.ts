import { closeWorkers } from 'rlm-bridge';
import { secondsOf } from '../measure.ts';
import { Official } from '../official.ts';
import { fourByFour } from '../scenarios/four-by-four.ts';
import { MemoryWatch } from './memory-watch.ts';
import { ourRun, ROOT_MODEL, SUB_MODEL } from './our-run.ts';
import type { QuickProvider } from './quick-provider.ts';
import { megabytes, type Row, seconds } from './row.ts';
import { FOUR_TURNS } from './turns.ts';

const CALLS = 8;
const scenario = fourByFour(20_000);

interface Figures {
  readonly seconds: number;
  readonly mb: number;
}

/** Runs at once on a model that takes a while: four turns and four sub-calls each, one after the other. */
export async function manyRuns(provider: QuickProvider, runs: number, delayMs: number, aims: Aims): Promise<Row[]> {
  const ideal = (CALLS * delayMs) / 1000;
  await provider.ask({ rootModel: ROOT_MODEL, turns: FOUR_TURNS, reply: 'seen', delayMs });
  const ours = await allOurs(provider, runs);
  const official = aims.official ? await allOfficial(provider, runs) : undefined;
  const what =
    delayMs === 0
      ? `${runs} runs at once, a model without delay`
      : `${runs} runs at once, a model of ${delayMs / 1000} s`;
  return [
    {
      what,
      ours: delayMs === 0 ? perSecond(runs, ours) : seconds(ours.seconds),
      ...(official && { official: delayMs === 0 ? perSecond(runs, official) : seconds(official.seconds) }),
      ...(ideal > 0 && { ideal: seconds(ideal) }),
      aim: aims.time,
    },
    {
      what: 'memory of it, Node and all below it',
      ours: megabytes(ours.mb),
      ...(official && { official: megabytes(official.mb) }),
      aim: aims.memory,
    },
  ];
}

export interface Aims {
  readonly time: string;
  readonly memory: string;
  /** Whether the official library is to do it too, in one process a run. */
  readonly official: boolean;
}

async function allOurs(provider: QuickProvider, runs: number): Promise<Figures> {
  await closeWorkers();
  await using memory = new MemoryWatch([provider.pid]);
  const all = () => Promise.all(Array.from({ length: runs }, () => ourRun(provider, scenario.context as string)));
  return { seconds: await secondsOf(all), mb: await memory.mostMb() };
}

/** Processes that were started, and have imported the library, before: it holds one run each. */
async function allOfficial(provider: QuickProvider, runs: number): Promise<Figures> {
  const processes = Array.from({ length: runs }, () => new Official());
  const work = { ...scenario, rootModel: ROOT_MODEL, subModel: SUB_MODEL };
  try {
    await Promise.all(processes.map((one) => one.ready()));
    await using memory = new MemoryWatch([provider.pid]);
    const all = () =>
      Promise.all(processes.map((one) => one.run(work, { baseUrl: provider.url, environment: 'local' })));
    return { seconds: await secondsOf(all), mb: await memory.mostMb() };
  } finally {
    await Promise.all(processes.map((one) => one[Symbol.asyncDispose]()));
  }
}

const perSecond = (runs: number, figures: Figures) => `${(runs / figures.seconds).toFixed(1)} runs/s`;
