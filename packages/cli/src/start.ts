import { constants } from 'node:os';
import { endWith } from './exit/ending.ts';
import { runProgram } from './program.ts';
import type { Terminal } from './terminal/terminal.ts';

// The first signal ends the work in good order, with what there is; the second ends the process.
const stopping = new AbortController();
let code: number | undefined;
let endsWhenTold = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (code !== undefined) {
      endWith(code);
      process.exit();
    }
    code = 128 + constants.signals[signal];
    stopping.abort(new Error(`${signal} was received`));
  });
}

const { stdin, stdout, stderr, env } = process;
// Whoever reads may have read enough, which changes nothing of what is found.
const unread = new AbortController();
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (stream === stdout) unread.abort(new Error('nobody reads the output any more'));
  });
}
const terminal: Terminal = {
  ...{ stdin, stdout, stderr, env, cwd: process.cwd(), signal: stopping.signal, unread: unread.signal },
  endsWhenTold: () => {
    endsWhenTold = true;
  },
};
const { code: reached, hasActed } = await runProgram(process.argv.slice(2), terminal);
if (hasActed) await (await import('rlm-bridge')).closeWorkers();
endWith(endsWhenTold ? reached : (code ?? reached));
