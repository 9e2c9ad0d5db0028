import { crc32 } from 'node:zlib';

/** What a line ends with: the checksum of all that stands before it. */
const SUM = /,"sum":"([0-9a-f]{8})"\}$/;

/** A record as a line of a journal. */
export function toLine(record: object): string {
  const whole = JSON.stringify(record).slice(0, -1);
  return `${whole},"sum":"${sumOf(whole)}"}`;
}

/** The value of a line; undefined when it is not what was written. */
export function fromLine(line: string): unknown {
  const found = SUM.exec(line);
  if (found === null || sumOf(line.slice(0, found.index)) !== found[1]) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function sumOf(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
