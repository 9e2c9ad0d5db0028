import { constants } from 'node:os';
import { closeWorkers } from 'rlm-bridge';
import { main } from './main.ts';

// The first signal ends the work in good order, with what there is; the second ends the process.
const stopping = new AbortController();
let code: number | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (code !== undefined) process.exit(code);
    code = 128 + constants.signals[signal];
    stopping.abort(new Error(`${signal} was received`));
  });
}

const { stdin, stdout, stderr, env } = process;
const terminal = { stdin, stdout, stderr, env, cwd: process.cwd(), signal: stopping.signal };
const reached = await main(process.argv.slice(2), terminal);
await closeWorkers();
process.exitCode = code ?? reached;
