import { measureBatch } from '../batches.ts';
import { table } from '../table.ts';

// `pnpm bench batches [prompts]`: one `llm_query_batched` at three widths, against a model that takes 100 ms.

const prompts = Number(process.argv[2] ?? 10_000);
const rows: string[][] = [];
for (const width of [64, 256, 1000]) {
  const { seconds, idealSeconds, workerMsPerCall, nodeMsPerCall } = await measureBatch({
    prompts,
    width,
    latencyMs: 100,
  });
  const ratio = (seconds / idealSeconds).toFixed(2);
  rows.push([
    String(width),
    seconds.toFixed(1),
    idealSeconds.toFixed(1),
    ratio,
    workerMsPerCall.toFixed(2),
    nodeMsPerCall.toFixed(2),
  ]);
}
console.log(`${prompts} prompts in one llm_query_batched, 100 ms each\n`);
console.log(table(['width', 'seconds', 'ideal', 'ratio', 'worker ms/call', 'Node ms/call'], rows));
