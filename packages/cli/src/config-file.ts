import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { lilconfig } from 'lilconfig';
import { parse } from 'yaml';
import { z } from 'zod';
import { UsageError } from './exit-codes.ts';

const section = z.record(z.string(), z.unknown());

/** `run`: options of `runRLM` by name, for every command. `assess`: options of `rlm assess` by name. Flags win. */
const Config = z.strictObject({
  $schema: z.string().optional(),
  run: section.default({}),
  assess: section.default({}),
});
export type Config = Omit<z.infer<typeof Config>, '$schema'> & {
  /** The file read; null: there is none. */ file: string | null;
};

const NAMES = [
  'rlm.config.json',
  'rlm.config.yaml',
  'rlm.config.yml',
  'rlm.config.ts',
  'rlm.config.js',
  'rlm.config.mjs',
];

/** Node runs TypeScript itself, types stripped. */
const importModule = async (path: string) => (await import(pathToFileURL(path).href)).default;
const yaml = (_path: string, text: string) => parse(text);

/**
 * The configuration: the named file, else the nearest of `rlm.config.{json,yaml,yml,ts,js,mjs}` upwards of `cwd`.
 * @throws {UsageError} when it cannot be read, or holds something unknown.
 */
export async function readConfig(cwd: string, named: string | undefined): Promise<Config> {
  const search = lilconfig('rlm', {
    searchPlaces: NAMES,
    cache: false,
    loaders: { '.yaml': yaml, '.yml': yaml, '.ts': importModule, '.js': importModule, '.mjs': importModule },
  });
  const found = await (named === undefined ? search.search(cwd) : search.load(resolve(cwd, named))).catch((error) => {
    throw new UsageError(`The configuration${named ? ` ${named}` : ''} cannot be read: ${error.message}`);
  });
  if (found === null || found.isEmpty === true) return { run: {}, assess: {}, file: found?.filepath ?? null };
  const parsed = Config.safeParse(found.config);
  if (!parsed.success) throw new UsageError(`${found.filepath}: ${z.prettifyError(parsed.error)}`);
  return { run: parsed.data.run, assess: parsed.data.assess, file: found.filepath };
}
