/** Durations of repeated measurements, in seconds. */
export interface Sample {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export function sampleOf(seconds: readonly number[]): Sample {
  const sorted = [...seconds].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2;
  return { median, least: at(0), most: at(sorted.length - 1) };
}

export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/** Measures two ways of doing a thing in turns, so that a slow moment of the machine hits both. Each warms up once. */
export async function inTurns(
  repeats: number,
  ours: () => Promise<unknown>,
  official: () => Promise<unknown>,
): Promise<{ ours: Sample; official: Sample }> {
  const seconds = { ours: [] as number[], official: [] as number[] };
  await ours();
  await official();
  for (let n = 0; n < repeats; n += 1) {
    seconds.ours.push(await secondsOf(ours));
    seconds.official.push(await secondsOf(official));
  }
  return { ours: sampleOf(seconds.ours), official: sampleOf(seconds.official) };
}

/** `0.123 (0.120–0.140)`: median and spread. */
export function show({ median, least, most }: Sample): string {
  return `${median.toFixed(3)} (${least.toFixed(3)}–${most.toFixed(3)})`;
}
