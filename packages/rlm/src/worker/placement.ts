/** Runs in every worker at which another one is started, as long as there are processors without. */
export const SPREAD_RUNS = 8;

/** A worker as far as what it has to do. */
export interface Seat {
  /** Workers of one key are interchangeable. */
  readonly key: string;
  /** It takes runs: it is starting or ready. */
  readonly isOpen: boolean;
  readonly leases: number;
  /** Its one lease has it alone. */
  readonly isAlone: boolean;
}

export interface PoolLimits {
  /** Most workers. */
  max: number;
  runsPerWorker: number;
  processors: number;
}

/** Where a run goes: to a worker that is there, to a new one, or nowhere yet. */
export function place<S extends Seat>(
  wanted: { key: string; alone: boolean },
  seats: Iterable<S>,
  limits: PoolLimits,
): S | 'new' | 'later' {
  const open = [...seats].filter(({ isOpen }) => isOpen);
  const ours = open.filter(({ key, isAlone }) => key === wanted.key && !isAlone);
  const room = wanted.alone ? 1 : limits.runsPerWorker;
  const [least] = ours.filter(({ leases }) => leases < room).sort((a, b) => a.leases - b.leases);
  // An idle worker of another kind makes room.
  const mayStart = open.length < limits.max || open.some(({ key, leases }) => leases === 0 && key !== wanted.key);
  if (least === undefined) return mayStart ? 'new' : 'later';
  const isSpread = least.leases < SPREAD_RUNS || ours.length >= limits.processors || !mayStart;
  return isSpread ? least : 'new';
}
