import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { fileStore } from '../../src/index.ts';
import { runStoreConformance } from '../../src/store/conformance.ts';
import { ageLease } from '../leases.ts';

const folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));

describe.each(['process', 'disk'] as const)('fileStore with durability %s is a RunStore', (durability) => {
  const expire = (runId: string) => ageLease(folder, runId);
  const checks = runStoreConformance(async () => fileStore(folder, { durability }), { shared: true, expire });
  for (const { name, check } of checks) test(name, check);
});
