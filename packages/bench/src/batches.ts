import { readdir, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { closeWorkers, runRLM } from 'rlm-bridge';
import { PYTHON } from './official.ts';

/** One `llm_query_batched` in a run, against a provider in a process of its own. */
export interface Batch {
  readonly prompts: number;
  /** Calls that are under way at once. */
  readonly width: number;
  readonly latencyMs: number;
}

export interface MeasuredBatch {
  /** Of the code block, from its start to its end. */
  readonly seconds: number;
  /** What the provider alone takes: rounds of its latency. */
  readonly idealSeconds: number;
  /** CPU of the Python worker and of this process, in milliseconds for each call. */
  readonly workerMsPerCall: number;
  readonly nodeMsPerCall: number;
}

const program = fileURLToPath(new URL('../python/batch_provider.py', import.meta.url));
const TICKS_PER_SECOND = 100;

/** Runs the batch once in a fresh worker. Linux alone: the worker's CPU is read from `/proc`. */
export async function measureBatch({ prompts, width, latencyMs }: Batch): Promise<MeasuredBatch> {
  const code = `said = llm_query_batched([f"Question {n}: is this one of them, yes or no?" for n in range(${prompts})])
answer["content"] = str(said.count("yes"))
answer["ready"] = True`;
  const reply = `\`\`\`repl\n${code}\n\`\`\``;
  const provider = execa('python3', [program, String(latencyMs / 1000), reply], { stdin: 'pipe' });
  try {
    const lines = createInterface({ input: provider.stdout })[Symbol.asyncIterator]();
    const run = runRLM('', 'How many?', {
      backend: 'openai',
      baseUrl: `http://127.0.0.1:${(await lines.next()).value}/v1`,
      apiKey: 'no-key',
      rootModel: 'root',
      subModel: 'sub',
      environment: 'local',
      maxSubCalls: prompts,
      maxConcurrentSubCalls: width,
      logDir: false,
      python: PYTHON,
      quiet: true,
    });
    let seconds = 0;
    let before = { worker: 0, node: 0 };
    let after = before;
    for await (const event of run) {
      if (event.type === 'codeBlock.started') before = await cpuMs();
      if (event.type !== 'codeBlock.completed') continue;
      seconds = event.durationMs / 1000;
      after = await cpuMs();
    }
    const result = await run;
    if (!result.success || result.answer !== String(prompts)) throw new Error(`the batch failed: ${result.answer}`);
    return {
      seconds,
      idealSeconds: (Math.ceil(prompts / width) * latencyMs) / 1000,
      workerMsPerCall: (after.worker - before.worker) / prompts,
      nodeMsPerCall: (after.node - before.node) / prompts,
    };
  } finally {
    provider.stdin.end();
    await provider;
    await closeWorkers();
  }
}

/** Of the workers, which are children of this process that run Python, and of this process. */
async function cpuMs(): Promise<{ worker: number; node: number }> {
  const { user, system } = process.cpuUsage();
  let ticks = 0;
  for (const pid of await readdir('/proc')) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(fields[1]) !== process.pid) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.includes('rlm_worker')) ticks += Number(fields[11]) + Number(fields[12]);
  }
  return { worker: (ticks / TICKS_PER_SECOND) * 1000, node: (user + system) / 1000 };
}
