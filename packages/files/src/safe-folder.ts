import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';

/** Others may write neither of these: what lies there is believed, or run. */
const WRITABLE_BY_OTHERS = 0o022;

/** Why a folder is not this user's alone: `owner`, it belongs to somebody else; `mode`, others may write it. */
export type UnsafeReason = 'owner' | 'mode';

/**
 * Whether anybody but this user, or root, could have put there what is there; null: nobody could. A folder that is
 * missing, and a system without users, is no matter.
 */
export async function unsafeFolder(
  folder: string,
  owners: readonly unknown[] = [process.getuid?.(), 0],
): Promise<UnsafeReason | null> {
  const stats = await stat(folder).catch(() => undefined);
  return stats === undefined ? null : unsafeStats(stats, owners);
}

/** The same of a folder that was looked at already. */
export function unsafeStats(
  { uid, mode }: Pick<Stats, 'uid' | 'mode'>,
  owners: readonly unknown[] = [process.getuid?.(), 0],
): UnsafeReason | null {
  if (process.getuid === undefined) return null;
  if (!owners.includes(uid)) return 'owner';
  return (mode & WRITABLE_BY_OTHERS) === 0 ? null : 'mode';
}
