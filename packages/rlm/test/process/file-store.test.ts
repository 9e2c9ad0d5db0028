import { mkdtemp, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { fileStore } from '../../src/index.ts';
import { runStoreConformance } from '../../src/store/conformance.ts';
import { folderNameOf } from '../../src/store/run-id.ts';

const folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));

/** As if its holder ran on another machine, and had been silent for a minute. */
async function expire(runId: string): Promise<void> {
  const run = join(folder, 'runs', folderNameOf(runId));
  const name = (await readdir(run)).find((name) => name.startsWith('lease.')) ?? '';
  const { createdAt, holder } = JSON.parse(await readFile(join(run, name), 'utf8'));
  await writeFile(join(run, name), JSON.stringify({ createdAt, holder: { ...holder, space: 'elsewhere' } }));
  const then = new Date(Date.now() - 60_000);
  await utimes(join(run, name), then, then);
}

describe('fileStore is a RunStore', () => {
  const checks = runStoreConformance(async () => fileStore(folder), { shared: true, expire });
  for (const { name, check } of checks) test(name, check);
});
