import fc from 'fast-check';
import { expect, test } from 'vitest';
import { folderNameOf, runIdOf } from '../../src/store/run-id.ts';

const runId = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:@+-]{0,127}$/);

test('the folder of a run gives its id back, and is a name that every file system takes', () => {
  fc.assert(
    fc.property(runId, (id) => {
      const name = folderNameOf(id);
      expect(runIdOf(name)).toBe(id);
      expect(name).toBe(name.toLowerCase());
      expect(name.length).toBeLessThanOrEqual(255);
    }),
  );
});

test('ids that differ by case alone have folders that differ by more', () => {
  fc.assert(
    fc.property(runId, (id) => {
      const names = [id, id.toLowerCase(), id.toUpperCase()].map(folderNameOf);
      expect(new Set(names).size).toBe(new Set([id, id.toLowerCase(), id.toUpperCase()]).size);
    }),
  );
});

test.each([
  ['invoice-4711', 'invoice-4711'],
  ['Invoice', 'invoice=40'],
  ['A'.repeat(128), `${'a'.repeat(128)}=${'f'.repeat(32)}`],
])('the run %s is in %s', (id, name) => expect(folderNameOf(id)).toBe(name));

test.each(['.removed-x', 'Invoice', 'invoice=0', 'invoice=ffff', 'in=voice', 'invoice=040', '', '=1', '1=40'])(
  'a folder %j is no run’s',
  (name) => expect(runIdOf(name)).toBeNull(),
);
