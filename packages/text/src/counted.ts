/** A count and what it counts: `1 file`, `2 files`. Another plural than one with `s` is named. */
export function counted(count: number, noun: string, plural: string = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
