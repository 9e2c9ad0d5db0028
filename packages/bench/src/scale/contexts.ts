import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { closeWorkers, type RLMContext, RLMError, runRLM } from 'rlm-bridge';
import { writeLargeText } from '../large-texts.ts';
import { secondsOf } from '../measure.ts';
import { peakMbOf, workerPid } from '../memory.ts';
import { officialRun } from './official-run.ts';
import { optionsOf, ourRun, ROOT_MODEL } from './our-run.ts';
import type { QuickProvider } from './quick-provider.ts';
import { megabytes, type Row, seconds } from './row.ts';
import { thenDone } from './turns.ts';

const BATCH = 1000;

/** Characters of a chunk: more of a context of a gigabyte, which is as many calls as one of 100 MB. */
const chunkOf = (sizeMb: number) => (sizeMb < 1000 ? 10_000 : 100_000);
const GIGABYTE = 1 << 30;

/** Room for the REPL that holds it all. */
const LARGE = { environmentOptions: { memoryMb: 10_000 } };

/** Contexts that are large, and contexts of many files. */
export async function contexts(provider: QuickProvider, sizesMb: readonly number[], files: number): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-bench-'));
  try {
    const rows: Row[] = [];
    for (const size of sizesMb) rows.push(...(await readWhole(provider, folder, size)));
    rows.push(await veryLarge(provider, folder));
    rows.push(await manyFiles(provider, folder, files));
    return rows;
  } finally {
    await rm(folder, { recursive: true });
    await closeWorkers();
  }
}

/** All of a log in sub-calls: what is read twice is told apart only by where it stands. */
async function readWhole(provider: QuickProvider, folder: string, sizeMb: number): Promise<Row[]> {
  const file = join(folder, 'access.log');
  await writeLargeText(file, 'a log', sizeMb * 1_000_000);
  await provider.ask({ rootModel: ROOT_MODEL, turns: thenDone(readAll(chunkOf(sizeMb))), reply: 'seen', delayMs: 0 });
  await closeWorkers();
  const ours = await ourSeconds(provider, file);
  const mb = peakMbOf(workerPid());
  const official = sizeMb <= 100 ? await officialRun(provider, { contextFile: file }) : undefined;
  return [
    {
      what: `a log of ${sizeMb} MB read in chunks of ${chunkOf(sizeMb)} characters`,
      ours: seconds(ours.whole),
      ...(official && { official: seconds(official.seconds) }),
      aim: 'coverage ≤ 3 % of it',
    },
    { what: 'from its last reply to its result', ours: seconds(ours.afterLast), aim: 'not felt' },
    {
      what: 'memory of the worker, most',
      ours: megabytes(mb),
      ...(official && { official: `${megabytes(official.peakMb)} (with the REPL)` }),
      aim: '≤ 120 MB',
    },
  ];
}

async function ourSeconds(provider: QuickProvider, file: string): Promise<{ whole: number; afterLast: number }> {
  const options = optionsOf(provider, { maxConcurrentSubCalls: 64, ...LARGE });
  const run = runRLM({ file, maxFileBytes: 8 * GIGABYTE }, 'How many?', options);
  let last = 0;
  const started = performance.now();
  for await (const event of run) if (event.type === 'call.completed') last = performance.now();
  const result = await run;
  if (!result.success) throw new Error(result.error.message);
  if (result.coverage === null || result.coverage.seenFraction < 0.999) throw new Error('it was not all read');
  const ended = performance.now();
  return { whole: (ended - started) / 1000, afterLast: (ended - last) / 1000 };
}

/** One of 4 GB: what a run makes of it, and when. */
async function veryLarge(provider: QuickProvider, folder: string): Promise<Row> {
  const file = join(folder, 'large.txt');
  await (await open(file, 'w')).close();
  await truncate(file, 4 * GIGABYTE);
  await provider.ask({ rootModel: ROOT_MODEL, turns: thenDone('print(len(context))'), reply: 'seen', delayMs: 0 });
  const at = (maxFileBytes?: number) => ({ file, ...(maxFileBytes !== undefined && { maxFileBytes }) });
  const [refused, allowed] = [await endOf(provider, at()), await endOf(provider, at(8 * GIGABYTE))];
  return {
    what: 'a file of 4 GB, and with maxFileBytes raised',
    ours: `${refused}, ${allowed}`,
    aim: 'at once, or it works',
  };
}

async function endOf(provider: QuickProvider, context: RLMContext): Promise<string> {
  let said = 'answered';
  const took = await secondsOf(async () => {
    try {
      const result = await runRLM(context, 'How long is it?', optionsOf(provider, LARGE));
      if (!result.success) said = result.error.code;
    } catch (error) {
      if (!(error instanceof RLMError)) throw error;
      said = error.code;
    }
  });
  return `${said} after ${seconds(took)}`;
}

async function manyFiles(provider: QuickProvider, folder: string, count: number): Promise<Row> {
  const place = join(folder, 'many');
  for (let n = 0; n < count; n += 1) {
    if (n % 500 === 0) await mkdir(join(place, `${n / 500}`), { recursive: true });
    await writeFile(
      join(place, `${Math.floor(n / 500)}`, `${n}.txt`),
      `File ${n} says little, and this is all of it.\n`,
    );
  }
  await promisify(execFile)('sync');
  await provider.ask({ rootModel: ROOT_MODEL, turns: thenDone('print(len(context))'), reply: 'seen', delayMs: 0 });
  await ourRun(provider, 'a short context');
  const started = performance.timeOrigin + performance.now();
  await provider.ask({ rootModel: ROOT_MODEL, turns: thenDone('print(len(context))'), reply: 'seen', delayMs: 0 });
  const { coverage } = await ourRun(provider, { files: ['**/*.txt'], cwd: place });
  if (coverage?.documents.length !== count) throw new Error('it did not take every file');
  const { firstAt } = await provider.told();
  return {
    what: `${count} files, until the first request`,
    ours: seconds(((firstAt ?? 0) - started) / 1000),
    aim: '≤ 1.5 s',
  };
}

const readAll = (chunk: number) => `for start in range(0, len(context), ${BATCH} * ${chunk}):
    places = range(start, min(start + ${BATCH} * ${chunk}, len(context)), ${chunk})
    llm_query_batched(["How many? " + context[at:at + ${chunk}] for at in places])`;
