import { crc32 } from 'node:zlib';

/** What a line ends with: the checksum of the run's id and of all that stands before it. */
const SUM = /,"sum":"([0-9a-f]{8})"\}$/;

/** A record of the run `runId` as a line of its journal. */
export function toLine(record: object, runId: string): string {
  const whole = JSON.stringify(record).slice(0, -1);
  return `${whole},"sum":"${sumOf(whole, runId)}"}`;
}

/** The value of a line without its sum; undefined when it is not what was written for that run. */
export function fromLine(line: string, runId: string): unknown {
  const found = SUM.exec(line);
  if (found === null) return undefined;
  const whole = line.slice(0, found.index);
  return sumOf(whole, runId) === found[1] ? parsed(`${whole}}`) : undefined;
}

/** The value of a line, whatever wrote it; undefined when it is no JSON. */
export function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function sumOf(text: string, runId: string): string {
  return crc32(text, crc32(runId)).toString(16).padStart(8, '0');
}
