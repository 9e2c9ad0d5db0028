import { lstat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { WorkBase, WorkerSpec } from '@rlm-bridge/assess';
import { CONFIG_NAMES, type Config, isCode, NO_CONFIG, parseConfig, runConfig } from '../configuration/config.ts';
import { readConfigFile } from '../configuration/config-file.ts';
import { UsageError } from '../exit/exit-codes.ts';
import { type BaseFile, JudgedWork, type Places } from './judged-work.ts';

/** What the command line says of where the work and its policy are. */
export interface GateRequest {
  workers: readonly (string | WorkerSpec)[];
  places: Places & { cwd: string };
  /** `--config`. */
  named: string | undefined;
  /** Whether a configuration that is code may run. */
  runsCode: boolean;
  /** Gets every base that is opened, for the caller to close. */
  opened: WorkBase[];
}

/** A gate's configuration, the work it is for, and what a reader of the verdict should know of where it came from. */
export interface GateConfig {
  config: Config;
  work: JudgedWork;
  notes: string[];
}

/** Options that say where the work is: a configuration which is found by the work cannot say so. */
const PLACES = ['cwd', 'outputDir', 'resolve'];

/**
 * The configuration of a gate. One that lies outside of what is judged is read as it is; any other comes from the commit
 * that the work started from, and so does the nearest one when none is named.
 * @throws {UsageError}
 */
export async function readGateConfig(request: GateRequest): Promise<GateConfig> {
  const { workers, places, named, opened } = request;
  const work = await JudgedWork.of(workers, places, opened);
  const path = named === undefined ? undefined : resolve(places.cwd, named);
  if (path !== undefined && !(await work.holds(path))) return await fromOutside(path, work, request);
  const first = await fromBase(work, path, request);
  const base = first.config.assess.base;
  if (places.base !== undefined || typeof base !== 'string') return first;
  const moved = await JudgedWork.of(workers, { ...places, base }, opened);
  const second = await fromBase(moved, path, request);
  if (second.config.assess.base === base) return second;
  throw new UsageError(
    `The configuration at the base says that the base is ${base}, whose own says another: pass --base.`,
  );
}

/** @param named The work as the command line alone says where it is. */
async function fromOutside(
  path: string,
  named: JudgedWork,
  { workers, places, runsCode, opened }: GateRequest,
): Promise<GateConfig> {
  if (isCode(path) && !runsCode) return { config: NO_CONFIG, work: named, notes: [notRun(path)] };
  const config = await readConfigFile(path);
  const isElsewhere = ['base', ...PLACES].some((name) => config.assess[name] !== undefined);
  const elsewhere = { ...(config.assess as Places), ...places };
  const work = isElsewhere ? await JudgedWork.of(workers, elsewhere, opened) : named;
  if (await work.holds(path)) {
    throw new UsageError(`${path} names workers whose work holds it. Put the configuration outside of what is judged.`);
  }
  return { config, work, notes: [] };
}

async function fromBase(work: JudgedWork, path: string | undefined, request: GateRequest): Promise<GateConfig> {
  const { cwd } = request.places;
  const file = path === undefined ? await work.findNearest(CONFIG_NAMES, cwd) : await work.read(path);
  if (file === null && path !== undefined && (await lstat(path).catch(() => null)) === null) {
    throw new UsageError(`${path}: there is no such file, neither here nor in the commit that the work started from.`);
  }
  const unused = path === undefined ? await unusedNear(cwd, file, work) : file === null ? [path] : [];
  const notes = unused.map((one) => `${one} was not used: a policy comes from the commit that the work started from.`);
  if (file === null) return { config: NO_CONFIG, work, notes };
  if (isCode(file.path) && !request.runsCode) return { config: NO_CONFIG, work, notes: [...notes, notRun(file.path)] };
  const config = await configOf(file);
  const place = PLACES.find((name) => config.assess[name] !== undefined);
  if (place !== undefined) {
    throw new UsageError(
      `${file.path}: assess.${place} says where the work is, by which this file was found. Pass it as a flag, or put the file outside of what is judged and name it by --config.`,
    );
  }
  return { config, work, notes: [...notes, `The policy is ${file.path} of the base, ${file.commit}.`] };
}

async function configOf({ path, bytes }: BaseFile): Promise<Config> {
  return isCode(path) ? await runConfig(path, bytes) : await parseConfig(path, bytes.toString('utf8'));
}

/** Configurations that lie here as if they counted. */
async function unusedNear(cwd: string, used: BaseFile | null, work: JudgedWork): Promise<string[]> {
  const found: string[] = [];
  for (let folder = cwd; ; folder = dirname(folder)) {
    for (const name of CONFIG_NAMES) {
      const path = join(folder, name);
      if (path.endsWith(`/${used?.path}`) || (await lstat(path).catch(() => null)) === null) continue;
      if (!(await work.holds(path)) || (await work.read(path).catch(() => null)) === null) found.push(path);
    }
    if (folder === dirname(folder)) return found;
  }
}

function notRun(path: string): string {
  return `${path} is code and was not run: nothing of it is known here.`;
}
