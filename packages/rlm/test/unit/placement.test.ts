import { expect, test } from 'vitest';
import { type PoolLimits, place, SPREAD_RUNS } from '../../src/worker/placement.ts';

const LIMITS: PoolLimits = { max: 10, runsPerWorker: 128, processors: 2 };
const seat = (leases: number, more: { key?: string; isOpen?: boolean; isAlone?: boolean } = {}) => ({
  key: 'k',
  isOpen: true,
  isAlone: false,
  leases,
  ...more,
});
const shared = { key: 'k', alone: false };
const alone = { key: 'k', alone: true };

const full = seat(128);
const spread = seat(SPREAD_RUNS);

test.each<[string, { key: string; alone: boolean }, ReturnType<typeof seat>[], Partial<PoolLimits>, number | string]>([
  ['the first one starts a worker', shared, [], {}, 'new'],
  ['a run goes to the least loaded worker', shared, [seat(5), seat(2), seat(7)], {}, 1],
  ['to one that starts, too', shared, [seat(SPREAD_RUNS - 1)], {}, 0],
  ['another is started when every one has about 8 runs', shared, [spread], {}, 'new'],
  ['and there are fewer than processors', shared, [spread, spread], {}, 0],
  ['and than the most that there may be', shared, [spread], { max: 1 }, 0],
  ['another is started when all are full', shared, [full, full], {}, 'new'],
  ['a run waits when all are full and there may be no other', shared, [full, full], { max: 2 }, 'later'],
  ['not to a worker of another kind', shared, [seat(1, { key: 'other' })], {}, 'new'],
  ['an idle one of another kind makes room', shared, [seat(0, { key: 'other' })], { max: 1 }, 'new'],
  ['a busy one of another kind does not', shared, [seat(1, { key: 'other' })], { max: 1 }, 'later'],
  ['not to one that takes no other', shared, [seat(1, { isOpen: false })], { max: 1 }, 'new'],
  ['not to one that somebody has alone', shared, [seat(1, { isAlone: true })], {}, 'new'],
  ['alone: to an idle one', alone, [seat(1), seat(0)], {}, 1],
  ['alone: to a new one when none is idle', alone, [seat(1)], {}, 'new'],
  ['alone: waits when there may be no other', alone, [seat(1), seat(1)], { max: 2 }, 'later'],
])('%s', (_, wanted, seats, limits, expected) => {
  const placed = place(wanted, seats, { ...LIMITS, ...limits });
  expect(typeof placed === 'string' ? placed : seats.indexOf(placed)).toBe(expected);
});
