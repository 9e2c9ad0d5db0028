// Dollars are summed in whole pico-dollars: exact, and independent of order.

/** The worker rounds each cost to 12 decimals, so a whole number of pico-dollars is the cost itself. */
export function toPicoUsd(usd: number): bigint {
  return BigInt(Math.round(usd * 1e12));
}

/** Null stays null: a cost that is unknown. */
export function toUsd(picoUsd: bigint | null): number | null {
  if (picoUsd === null) return null;
  const digits = picoUsd.toString().padStart(13, '0');
  return Number(`${digits.slice(0, -12)}.${digits.slice(-12)}`);
}

/** The exact sum; null when either is unknown. */
export function addUsd(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : toUsd(toPicoUsd(a) + toPicoUsd(b));
}
