import { writeSync } from 'node:fs';

/** "Nobody can say": what a process exits with that ends before anybody said how. */
const UNKNOWN = 3;

let reached: number | undefined;

/** Says what the process exits with. Without it any end (an exit from elsewhere, an error, nothing left to wait for) is 3. */
export function endWith(code: number): void {
  reached = code;
  process.exitCode = code;
}

process.exitCode = UNKNOWN;
process.on('exit', () => {
  process.exitCode = reached ?? UNKNOWN;
  if (reached === undefined) say('rlm: the process ended before the command did. Nothing was decided: exit code 3.\n');
});

/** Streams are over by now. */
function say(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // Nobody reads it.
  }
}
