import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeWorkers, runRLM } from 'rlm-bridge';
import { build, coldRun } from '../built.ts';
import { sampleOf, secondsOf } from '../measure.ts';
import { Official, PYTHON } from '../official.ts';
import { fourByFour } from '../scenarios/four-by-four.ts';
import { optionsOf, ourRun, ROOT_MODEL, SUB_MODEL } from './our-run.ts';
import type { QuickProvider } from './quick-provider.ts';
import { milliseconds, type Row } from './row.ts';
import { FOUR_TURNS } from './turns.ts';

const scenario = fourByFour(20_000);
const asked = { rootModel: ROOT_MODEL, turns: FOUR_TURNS, reply: 'seen', delayMs: 0 };

const alone = { environment: 'local', isolation: 'process', python: PYTHON, logDir: false, quiet: true } as const;

/** The first run of a worker that is started while another is busy, and a run that is all that a new process does. */
export async function starts(provider: QuickProvider, repeats: number): Promise<Row[]> {
  const context = scenario.context as string;
  const [whole, first, cold, official]: number[][] = [[], [], [], []];
  for (let n = 0; n < repeats; n += 1) {
    await closeWorkers();
    await provider.ask(asked);
    await ourRun(provider, context);
    const busy = runRLM(context, 'Wait.', { ...alone, rootModel: never });
    await provider.ask(asked);
    const started = now();
    whole?.push(1000 * (await secondsOf(() => ourRun(provider, context, { isolation: 'process' }))));
    first?.push(await untilFirst(provider, started));
    busy.abort();
    await busy.catch(() => undefined);
  }
  await closeWorkers();
  const folder = await mkdtemp(join(tmpdir(), 'rlm-bench-'));
  const file = join(folder, 'context.txt');
  try {
    await writeFile(file, context);
    await build();
    for (let n = 0; n < repeats; n += 1) {
      cold?.push(await coldOurs(provider, file));
      official?.push(await coldOfficial(provider, file));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return [
    { what: 'first run of a new worker, whole', ours: median(whole), aim: '≤ 100 ms' },
    { what: 'call to first request, new worker', ours: median(first), aim: '≤ 60 ms' },
    { what: 'cold process to first request', ours: median(cold), official: median(official), aim: '≤ 1.0 × official' },
  ];
}

async function coldOurs(provider: QuickProvider, file: string): Promise<number> {
  await provider.ask(asked);
  const started = now();
  await coldRun(file, scenario.query, JSON.stringify(optionsOf(provider)));
  return await untilFirst(provider, started);
}

async function coldOfficial(provider: QuickProvider, file: string): Promise<number> {
  await provider.ask(asked);
  const started = now();
  await using official = new Official();
  const work = { ...scenario, rootModel: ROOT_MODEL, subModel: SUB_MODEL };
  await official.run(work, { baseUrl: provider.url, environment: 'local', contextFile: file });
  return await untilFirst(provider, started);
}

async function untilFirst(provider: QuickProvider, started: number): Promise<number> {
  const { firstAt } = await provider.told();
  if (firstAt === null) throw new Error('nothing was asked');
  return firstAt - started;
}

/** A model that says nothing until the run is aborted. */
const never = async () => await new Promise<never>(() => {});

const now = () => performance.timeOrigin + performance.now();
const median = (values: readonly number[] = []) => milliseconds(sampleOf(values).median);
