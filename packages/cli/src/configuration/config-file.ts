import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { thrownText } from '@rlm-bridge/text';
import { lilconfig } from 'lilconfig';
import { UsageError } from '../exit/exit-codes.ts';
import { CONFIG_NAMES, type Config, importConfig, isCode, NO_CONFIG, parseConfig } from './config.ts';

/** Names only: what is found is read by us. */
const unread = () => null;

/**
 * The configuration of a command that judges nothing: the named file, else the nearest of `rlm.config.{json,yaml,yml}`
 * upwards of `cwd`. One that is code runs only when it is named.
 * @throws {UsageError} when it cannot be read, holds something unknown, or is code that nobody named.
 */
export async function readConfig(cwd: string, named: string | undefined): Promise<Config> {
  if (named !== undefined) return await readConfigFile(resolve(cwd, named));
  const loaders = Object.fromEntries(['.json', '.yaml', '.yml', '.ts', '.js', '.mjs'].map((name) => [name, unread]));
  const search = lilconfig('rlm', {
    searchPlaces: [...CONFIG_NAMES],
    cache: false,
    ignoreEmptySearchPlaces: false,
    loaders,
  });
  const file = (await search.search(cwd))?.filepath;
  if (file === undefined) return NO_CONFIG;
  if (!isCode(file)) return await readConfigFile(file);
  throw new UsageError(`${file} is code, which runs only when it is named: pass --config ${file}.`);
}

/** A configuration as it is on disk. @throws {UsageError} */
export async function readConfigFile(file: string): Promise<Config> {
  return isCode(file) ? await importConfig(file) : await parseConfig(file, await readText(file));
}

/** The text of a file that the command line or the configuration names. @throws {UsageError} when it cannot be read. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path}: ${thrownText(error)}`);
  }
}
