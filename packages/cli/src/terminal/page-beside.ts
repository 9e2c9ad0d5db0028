import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { printable } from '@rlm-bridge/text';
import { fileStore, type RLMRun } from 'rlm-bridge';
import { openBrowser } from './open-browser.ts';
import type { Terminal } from './terminal.ts';

/** How long an open page may take to be told the end of its run. */
const PATIENCE_MS = 5_000;

/** A run that is kept in a folder. */
interface Kept {
  folder: string;
  runId: string;
}

/** Where a run is kept that is looked at and that nobody named a store for. It stays there, to be looked at again. */
export async function temporaryStore(): Promise<string> {
  return await mkdtemp(join(tmpdir(), 'rlm-view-'));
}

/** Does something with a run while its page is open, and says how to look at it again. */
export async function withPage<Value>(
  run: RLMRun<unknown>,
  { folder, runId }: Kept,
  terminal: Terminal,
  work: () => Promise<Value>,
): Promise<Value> {
  const { openViewer } = await import('@rlm-bridge/viewer');
  await using viewer = await openViewer({ store: fileStore(folder), signal: terminal.signal });
  const opening = openOnceBegun(run, viewer.urlOf(runId), terminal);
  try {
    return await work();
  } finally {
    await opening;
    await Promise.race([viewer.unfollowed(), sleep(PATIENCE_MS, undefined, { ref: false })]);
    terminal.stderr.write(`${printable(`To look at it again: rlm view ${runId} --store ${folder}`)}\n`);
  }
}

/** There is nothing to look at before the first event. A run that never begins says so elsewhere. */
async function openOnceBegun(run: RLMRun<unknown>, address: string, terminal: Terminal): Promise<void> {
  try {
    for await (const _ of run) {
      terminal.stderr.write(`${address}\n`);
      return await openBrowser(address, terminal);
    }
  } catch {
    // Whoever waits for the result is told.
  }
}
