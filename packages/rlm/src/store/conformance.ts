import type { RunStore } from '../api/run-store.ts';
import { Bench, type Check, type ConformanceOptions, type StoreCheck } from './conformance/bench.ts';
import { blobChecks } from './conformance/blob-checks.ts';
import { journalChecks } from './conformance/journal-checks.ts';
import { leaseChecks, takeoverChecks } from './conformance/lease-checks.ts';
import { runChecks } from './conformance/run-checks.ts';

export type { ConformanceOptions, StoreCheck };

/**
 * What every `RunStore` must do, as checks for a test runner of any kind: each is a test by its name, and `check` rejects
 * with an `AssertionError` when the store falls short. They need no order, may run at once, use runs of their own and
 * remove them.
 * @param open Gives a store to check: a new one, or another door to the same runs.
 * @example
 * ```ts
 * for (const { name, check } of runStoreConformance(async () => memoryStore(), { shared: false })) test(name, check);
 * ```
 */
export function runStoreConformance(open: () => Promise<RunStore>, options: ConformanceOptions): StoreCheck[] {
  const checks = [
    ...journalChecks,
    ...leaseChecks,
    ...(options.shared ? takeoverChecks : []),
    ...blobChecks,
    ...runChecks,
  ];
  return checks.map(([name, body]) => ({ name, check: () => run(body, open, options) }));
}

async function run(body: Check[1], open: () => Promise<RunStore>, options: ConformanceOptions): Promise<void> {
  await using bench = new Bench(await open(), open, options);
  await body(bench);
}
