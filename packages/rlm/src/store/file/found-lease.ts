import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fateOf, ownIdentity, ProcessIdentity } from '../../process/process-identity.ts';
import { readSmall, unless } from './private-files.ts';

/** A holder that cannot be asked counts as gone when it has not been heard of for so long. */
const SILENCE_MS = 30_000;

const NAME = /^lease\.([1-9]\d{0,14})\.json$/;

/** What is in the file of a lease. */
export const LeaseRecord = z.object({
  /** When the run was first leased: each lease hands it on. */
  createdAt: z.iso.datetime(),
  /** Null: it was released. */
  holder: ProcessIdentity.nullable(),
});
export type LeaseRecord = z.infer<typeof LeaseRecord>;

export interface FoundLease {
  number: number;
  createdAt: string;
  isHeld: boolean;
  /** It counts as gone, and may come back: it is only silent. */
  mayReturn: boolean;
  /** It was given back, and is never held again: the next one has a higher number. */
  isReleased: boolean;
  /** The holder, in words. */
  holder: string;
}

export function leasePath(folder: string, number: number): string {
  return join(folder, `lease.${number}.json`);
}

/** The leases of a run's folder, the highest last; `clock` tells the time, and is asked where there is one. */
export async function findLeases(
  folder: string,
  { clock = async () => Date.now(), except }: { clock?: () => Promise<number>; except?: number } = {},
): Promise<FoundLease[]> {
  const names = (await readdir(folder).catch(unless('ENOENT'))) ?? [];
  const numbers = names.flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number);
  const found: FoundLease[] = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    if (number === except) continue;
    const lease = await readLease(leasePath(folder, number), number, await clock());
    if (lease !== undefined) found.push(lease);
  }
  return found;
}

async function readLease(path: string, number: number, now: number): Promise<FoundLease | undefined> {
  const found = await readSmall(path).catch(unless('ENOENT'));
  if (found === undefined) return undefined;
  const { mtime } = found.stats;
  const isSilent = now - mtime.getTime() > SILENCE_MS;
  const record = parseRecord(found.text);
  if (record === undefined) return describe(number, mtime.toISOString(), isSilent, 'unknown', 'A process');
  const { createdAt, holder } = record;
  if (holder === null) return { ...describe(number, createdAt, isSilent, 'gone', 'Nobody'), isReleased: true };
  return describe(number, createdAt, isSilent, fateOf(holder), nameOf(holder));
}

function describe(
  number: number,
  createdAt: string,
  isSilent: boolean,
  fate: ReturnType<typeof fateOf>,
  holder: string,
): FoundLease {
  const isUnknown = fate === 'unknown';
  const isHeld = fate === 'running' || (isUnknown && !isSilent);
  return { number, createdAt, isHeld, mayReturn: isUnknown && isSilent, isReleased: false, holder };
}

/** Undefined for what is not written yet, where no file can be made with its content in it. */
function parseRecord(text: string): LeaseRecord | undefined {
  try {
    return LeaseRecord.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function nameOf({ pid, space }: ProcessIdentity): string {
  if (space === ownIdentity().space) return pid === process.pid ? 'This process' : `Process ${pid}`;
  return `Process ${pid} on ${space.split(' ')[0]}`;
}
