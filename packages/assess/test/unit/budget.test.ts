import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Budget } from '../../src/judge/budget.ts';

// The money of a call: what runs are granted, and what becomes of what they do not spend.

interface Run {
  weight: number;
  /** What it costs to its end. */
  costs: number;
}

/** Runs one after the other, or `atOnce` together; each costs what it costs, or all that it was granted. */
async function spend(totalUsd: number, runs: readonly Run[], atOnce = 1) {
  const budget = new Budget(totalUsd, atOnce);
  for (const { weight } of runs) budget.expect(weight);
  const left = [...runs.entries()];
  let spent = 0;
  const judged: number[] = [];
  const cut: number[] = [];
  const lane = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [index, { weight, costs }] = next;
      const granted = await budget.take({ weight }).catch(() => null);
      if (granted === null) continue;
      await Promise.resolve();
      const costUsd = Math.min(costs, granted ?? Number.POSITIVE_INFINITY);
      spent += costUsd;
      (costUsd < costs * 0.999 ? cut : judged).push(index);
      budget.settle({ weight }, { grantedUsd: granted, costUsd, isTypical: true });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return { spent, judged, cut };
}

const equal = (count: number, costs: number): Run[] => Array.from({ length: count }, () => ({ weight: 60_000, costs }));

test.each([1, 2, 4])(
  'ten that cost $0.025 on $0.20, %s at once: eight are judged, two are not begun',
  async (atOnce) => {
    const { judged, cut, spent } = await spend(0.2, equal(10, 0.025), atOnce);
    expect([judged.length, cut]).toEqual([8, []]);
    expect(spent).toBeCloseTo(0.2);
  },
);

test('one that is large gets what it needs beside nine that are small', async () => {
  const small = equal(9, 0.003).map((run) => ({ ...run, weight: 60_000 }));
  const { judged } = await spend(1, [...small, { weight: 1_050_000, costs: 0.9 }]);
  expect(judged).toHaveLength(10);
});

test('what is left goes on: two that cost a third each leave the rest to one that costs more', async () => {
  const { judged } = await spend(1, [...equal(2, 0.01), { weight: 60_000, costs: 0.9 }]);
  expect(judged).toEqual([0, 1, 2]);
});

test('a run waits for money that may come back, and takes it', async () => {
  const budget = new Budget(1, 2);
  const claim = { weight: 100 };
  budget.expect(100, 3);
  const first = await budget.take(claim);
  budget.settle(claim, { grantedUsd: first, costUsd: 0.45, isTypical: true });
  const second = await budget.take(claim);
  let third: number | undefined;
  const waiting = budget.take(claim).then((granted) => {
    third = granted;
  });
  await new Promise(setImmediate);
  expect(third).toBeUndefined();
  budget.settle(claim, { grantedUsd: second, costUsd: 0.1, isTypical: true });
  await waiting;
  expect(third).toBeCloseTo(0.45);
});

test('a run that failed at once says nothing of what such a run costs', async () => {
  const budget = new Budget(1, 1);
  const claim = { weight: 100 };
  budget.expect(100, 2);
  budget.settle(claim, { grantedUsd: await budget.take(claim), costUsd: 0.000001, isTypical: false });
  expect(await budget.take(claim)).toBeGreaterThan(0.9);
});

const usd = fc.double({ min: 0.01, max: 10, noNaN: true });
const run = fc.record({ weight: fc.integer({ min: 1, max: 1_000_000 }), costs: usd });

test('property: whatever runs cost, however many are under way, together they never exceed the budget', async () => {
  await fc.assert(
    fc.asyncProperty(
      usd,
      fc.array(run, { maxLength: 20 }),
      fc.integer({ min: 1, max: 5 }),
      async (total, runs, many) => {
        const { spent } = await spend(total, runs, many);
        expect(spent).toBeLessThanOrEqual(total * (1 + 1e-9));
      },
    ),
  );
});

test('property: what earlier calls paid counts, is never refused, and leaves only the rest to spend', async () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const runs = fc.array(fc.record({ paid: fc.option(usd), spends: share }), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(usd, runs, async (total, each) => {
      const paid = each.reduce((sum, one) => sum + (one.paid ?? 0), 0);
      const budget = new Budget(total, 1);
      budget.pay(paid);
      budget.expect(1, each.length);
      let spent = 0;
      for (const one of each) {
        const claim = { weight: 1, hasBegun: one.paid !== null };
        if (one.paid === null && paid >= total) {
          await expect(budget.take(claim)).rejects.toThrow('budget was spent');
          continue;
        }
        const granted = await budget.take(claim).catch(() => null);
        if (granted === null) continue;
        const costUsd = (granted ?? 0) * one.spends;
        spent += costUsd;
        budget.settle(claim, { grantedUsd: granted, costUsd, isTypical: true });
      }
      expect(spent).toBeLessThanOrEqual(Math.max(0, total - paid) * (1 + 1e-9));
    }),
  );
});

test('a cost that is unknown counts as all that was granted', async () => {
  const budget = new Budget(1);
  const claim = { weight: 1 };
  budget.settle(claim, { grantedUsd: await budget.take(claim), costUsd: null, isTypical: true });
  await expect(budget.take(claim)).rejects.toThrow(
    'budget was spent before this worker was judged. Raise maxBudgetUsd',
  );
});

test('what is not begun is told what is left, what it would cost, and the option to raise', async () => {
  const budget = new Budget(1, 1, 'maxBudgetUsdPerWorker');
  const claim = { weight: 1 };
  budget.expect(1, 2);
  budget.settle(claim, { grantedUsd: await budget.take(claim), costUsd: 0.6, isTypical: true });
  await expect(budget.take(claim)).rejects.toThrow(
    'Not begun: $0.4000 are left, and evidence of this size has cost $0.6000. Raise maxBudgetUsdPerWorker',
  );
});
