import { describe, test } from 'vitest';
import { memoryStore } from '../../src/index.ts';
import { runStoreConformance } from '../../src/store/conformance.ts';

describe('memoryStore is a RunStore', () => {
  for (const { name, check } of runStoreConformance(async () => memoryStore(), { shared: false })) test(name, check);
});
