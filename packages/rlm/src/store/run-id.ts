import { RLMError } from '../api/errors.ts';

const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9._:@+-]{0,127}$/;
const CAPITALS = /=([0-9a-f]+)$/;

/** @throws {RLMError} `invalid_options` */
export function checkRunId(runId: unknown): asserts runId is string {
  if (typeof runId === 'string' && RUN_ID.test(runId)) return;
  const rule = '1 to 128 letters, digits and "._:@+-", the first a letter or digit';
  throw new RLMError('invalid_options', `A run id has ${rule}: ${JSON.stringify(runId)} is none.`);
}

/**
 * The name of a run's folder. Some file systems take capitals for small letters: which letters are capitals stands at
 * its end, a bit each, and not in them.
 */
export function folderNameOf(runId: string): string {
  const small = runId.toLowerCase();
  if (small === runId) return small;
  const bits = Array.from(runId, (char, i) => (char === small[i] ? '0' : '1')).join('');
  return `${small}=${BigInt(`0b${bits}`).toString(16)}`;
}

/** The id whose folder has this name; null: it is no run's. */
export function runIdOf(folderName: string): string | null {
  const [end = '', mask = '0'] = CAPITALS.exec(folderName) ?? [];
  const small = folderName.slice(0, folderName.length - end.length);
  const bits = BigInt(`0x${mask}`).toString(2).padStart(small.length, '0');
  const runId = Array.from(small, (char, i) => (bits[i] === '1' ? char.toUpperCase() : char)).join('');
  return RUN_ID.test(runId) && folderNameOf(runId) === folderName ? runId : null;
}
