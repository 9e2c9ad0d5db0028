import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { given } from '@rlm-bridge/options';
import { thrownText } from '@rlm-bridge/text';
import { z } from 'zod';
import { UsageError } from '../exit/exit-codes.ts';
import { parseYaml } from './yaml.ts';

const section = z.record(z.string(), z.unknown());

/** `run`: options of `runRLM` by name, for every command. `assess`: options of `rlm assess` by name. */
const Config = z.strictObject({
  $schema: z.string().optional(),
  run: section.default({}),
  assess: section.default({}),
});
export type Config = Omit<z.infer<typeof Config>, '$schema'> & {
  /** The file read; null: there is none. */ file: string | null;
};

export const NO_CONFIG: Config = { run: {}, assess: {}, file: null };

/** In one folder the first of these that is there counts. */
export const CONFIG_NAMES = [
  'rlm.config.json',
  'rlm.config.yaml',
  'rlm.config.yml',
  'rlm.config.ts',
  'rlm.config.js',
  'rlm.config.mjs',
] as const;

/** Whether reading a configuration means to run it. */
export function isCode(file: string): boolean {
  return !['.json', '.yaml', '.yml'].includes(extname(file));
}

/** A configuration of data. YAML is a superset of JSON. @throws {UsageError} */
export async function parseConfig(file: string, text: string): Promise<Config> {
  return checked(file, await attempt(file, async () => (text.trim() === '' ? {} : await parseYaml(text))));
}

/** A configuration that is a program, run from where it is; Node runs TypeScript itself, types stripped. @throws {UsageError} */
export async function importConfig(file: string): Promise<Config> {
  return checked(file, await attempt(file, async () => (await import(pathToFileURL(file).href)).default));
}

/**
 * A configuration that is a program, by its text alone: it is run in an empty folder of its own, so that nothing lies
 * beside it which it could import.
 * @throws {UsageError}
 */
export async function runConfig(name: string, program: Uint8Array): Promise<Config> {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-config-'));
  try {
    const file = join(folder, basename(name));
    await writeFile(file, program);
    return { ...(await importConfig(file)), file: name };
  } catch (error) {
    const message = thrownText(error);
    const advice =
      'A configuration taken from the base runs alone: it can import what comes with Node, and nothing else.';
    throw new UsageError(`${name} of the base: ${message} ${advice}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function checked(file: string, value: unknown): Config {
  const parsed = Config.safeParse(value ?? {});
  if (!parsed.success) throw new UsageError(`${file}: ${z.prettifyError(parsed.error)}`);
  return { run: given(parsed.data.run), assess: given(parsed.data.assess), file };
}

async function attempt<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new UsageError(`The configuration ${file} cannot be read: ${thrownText(error)}`);
  }
}
