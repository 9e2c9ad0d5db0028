import { closeWorkers, runRLM } from 'rlm-bridge';
import { secondsOf } from '../measure.ts';
import { collectGarbage } from './garbage.ts';
import { officialRun } from './official-run.ts';
import { optionsOf, ourRun, ROOT_MODEL } from './our-run.ts';
import { cpuSeconds, treeOf } from './process-tree.ts';
import type { QuickProvider } from './quick-provider.ts';
import { megabytes, type Row, seconds } from './row.ts';
import { thenDone } from './turns.ts';

const DELAY_MS = 100;

/** One code block that asks `calls` short questions, so many of them at a time. */
export async function batches(
  provider: QuickProvider,
  calls: number,
  widths: readonly { width: number; aim: string }[],
): Promise<Row[]> {
  const rows: Row[] = [];
  await provider.ask({ rootModel: ROOT_MODEL, turns: batchOf(calls), reply: 'heard', delayMs: DELAY_MS });
  const official = seconds((await officialRun(provider)).seconds); // it has a width of its own, and no option for it
  for (const { width, aim } of widths) {
    await closeWorkers();
    await ourRun(provider, 'a short context', { maxSubCalls: 1 }).catch(() => undefined); // warms up
    const before = cpuOf(provider);
    const took = await secondsOf(() => ourRun(provider, 'a short context', { maxConcurrentSubCalls: width }));
    const after = cpuOf(provider);
    const each = (seconds: number) => ((1000 * seconds) / calls).toFixed(2);
    const cpu = `${each(after.below - before.below)} + ${each(after.node - before.node)} ms`;
    const ideal = ((Math.ceil(calls / width) + 2) * DELAY_MS) / 1000;
    const what = `${calls} prompts of a model of ${DELAY_MS} ms, ${width} at once`;
    rows.push({ what, ours: seconds(took), official, ideal: seconds(ideal), aim });
    rows.push({ what: 'CPU of a call, Python + Node', ours: cpu, aim: '≤ 0.3 ms' });
  }
  rows.push(await unheard(provider, calls));
  return rows;
}

/** Seconds of processor of this process, and of all below it but the provider. */
function cpuOf(provider: QuickProvider): { node: number; below: number } {
  const { user, system } = process.cpuUsage();
  const others = treeOf(process.pid, [provider.pid]).filter((pid) => pid !== process.pid);
  return { node: (user + system) / 1e6, below: cpuSeconds(others) };
}

/** What Node keeps of a run whose events nobody has iterated, when it is over. */
async function unheard(provider: QuickProvider, calls: number): Promise<Row> {
  const before = heapMb();
  const run = runRLM('a short context', 'How many?', optionsOf(provider, { maxConcurrentSubCalls: 256 }));
  await run;
  const kept = heapMb() - before;
  const { done } = await run[Symbol.asyncIterator]().next();
  if (done) throw new Error('a run whose events are asked for after its end has some');
  return { what: `events of ${calls} calls that nobody iterated, in Node`, ours: megabytes(kept), aim: 'bounded' };
}

function heapMb(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 1e6;
}

const batchOf = (calls: number) =>
  thenDone(`said = llm_query_batched([f"{n}: " + "x" * 40 for n in range(${calls})])\nprint(len(said))`);
