import { clearLine, cursorTo } from 'node:readline';
import type { RLMEvent } from 'rlm-bridge';

/** One line that is rewritten on a terminal; a line per change elsewhere. Returns when the run has ended. */
export async function showProgress(events: AsyncIterable<RLMEvent>, output: NodeJS.WriteStream = process.stderr) {
  const state = { iteration: 0, subCalls: 0, tokens: 0, costUsd: 0 as number | null };
  for await (const event of events) {
    if (event.type === 'iteration.started' && event.depth === 0) state.iteration = event.iteration;
    else if (event.type === 'call.completed') {
      state.subCalls = event.totals.subCalls;
      state.tokens = event.totals.inputTokens + event.totals.outputTokens;
      state.costUsd = event.totals.costUsd;
    } else if (event.type === 'log') {
      print(`${event.level}: ${event.message}\n`);
      continue;
    } else continue;
    const cost = state.costUsd === null ? 'cost unknown' : `$${state.costUsd.toFixed(4)}`;
    print(`iteration ${state.iteration} | ${state.subCalls} sub-calls | ${state.tokens} tokens | ${cost}`);
  }
  if (output.isTTY) output.write('\n');

  function print(line: string) {
    if (!output.isTTY) {
      output.write(line.endsWith('\n') ? line : `${line}\n`);
      return;
    }
    cursorTo(output, 0);
    clearLine(output, 0);
    output.write(line);
  }
}
