import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';

/** Where logs are written unless something else is said. */
const LOGS = './logs';

/** Files in a checkout that this command writes, now or before, and that are nobody's work: reports, a baseline, logs of runs. */
export async function notWork(
  written: readonly string[],
  logDir: string | false | undefined,
  cwd: string,
): Promise<string[]> {
  if (logDir === false) return [...written];
  const folder = resolve(cwd, logDir ?? LOGS);
  const names = await readdir(folder).catch((): string[] => []);
  // By their names: whatever else is in the folder is work.
  const logs = names.filter((name) => /^rlm_[\w-]+\.jsonl$/.test(name));
  return [...written, ...logs.map((name) => resolve(folder, name))];
}
