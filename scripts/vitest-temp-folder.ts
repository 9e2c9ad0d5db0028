import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the packages themselves make in the temporary folder, and remove whatever happens. */
const OURS = /^rlm-(bridge|config)-/;

/** A worker whose host has gone ends by itself, within seconds. */
const PATIENCE_MS = 20_000;

/**
 * A temporary folder for the whole suite. At its end nothing that a run makes may be left there; what the tests made for
 * themselves goes with it.
 */
export default function provide(): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rlm-suite-'));
  // As the system's own: tests become other users.
  chmodSync(folder, 0o755);
  process.env.TMPDIR = folder;
  return async () => {
    const left = await leftIn(folder);
    // What packages are installed into has 30,000 files: the other `rm` of Node takes twice the CPU seconds.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    if (left.length > 0) throw new Error(`The tests left in the temporary folder: ${left.join(', ')}`);
  };
}

async function leftIn(folder: string): Promise<string[]> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const left = (await readdir(folder)).filter((name) => OURS.test(name));
    if (left.length === 0 || Date.now() > deadline) return left;
    await sleep(100);
  }
}
