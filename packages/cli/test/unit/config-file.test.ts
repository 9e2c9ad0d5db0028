import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../src/configuration/config-file.ts';
import { UsageError } from '../../src/exit/exit-codes.ts';

async function folderWith(name: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, name), text);
  await mkdir(join(folder, 'below'));
  return folder;
}

test.each([
  ['rlm.config.json', '{ "run": { "maxIterations": 3 } }'],
  ['rlm.config.yaml', 'run:\n  maxIterations: 3\n'],
])('%s is found from a folder below', async (name, text) => {
  const folder = await folderWith(name, text);
  const config = await readConfig(join(folder, 'below'), undefined);
  expect(config).toEqual({ run: { maxIterations: 3 }, assess: {}, file: join(folder, name) });
});

test.each(['ts', 'js', 'mjs'])(
  'rlm.config.%s is code: it runs when it is named, and is never found',
  async (ending) => {
    const name = `rlm.config.${ending}`;
    const folder = await folderWith(name, 'export default { run: { maxIterations: 3 } };\n');
    await expect(readConfig(join(folder, 'below'), undefined)).rejects.toThrow(`pass --config ${join(folder, name)}`);
    const config = await readConfig(join(folder, 'below'), `../${name}`);
    expect(config).toEqual({ run: { maxIterations: 3 }, assess: {}, file: join(folder, name) });
  },
);

test('without one, everything is empty', async () => {
  const folder = await folderWith('other.json', '{}');
  expect(await readConfig(folder, undefined)).toEqual({ run: {}, assess: {}, file: null });
});

test.each([
  ['an unknown section', 'rlm.config.json', '{ "rum": {} }', /rum/],
  ['broken JSON', 'rlm.config.json', '{', /cannot be read/],
  ['a list', 'rlm.config.yaml', '- a\n', /object/],
])('%s is a usage error that says so', async (_, name, text, message) => {
  const folder = await folderWith(name, text);
  const reading = readConfig(folder, undefined);
  await expect(reading).rejects.toThrow(UsageError);
  await expect(reading).rejects.toThrow(message);
});

test('a named file that is missing is a usage error', async () => {
  const folder = await folderWith('other.json', '{}');
  await expect(readConfig(folder, 'none.json')).rejects.toThrow(UsageError);
});

test('what a configuration that is code leaves undefined is as if it was not there', async () => {
  const program = `export default {
    run: { maxIterations: undefined, environmentOptions: { memoryMb: undefined } },
    assess: { base: undefined, gate: { failOn: undefined } }, $schema: undefined,
  };\n`;
  const folder = await folderWith('rlm.config.mjs', program);
  const { run, assess } = await readConfig(folder, 'rlm.config.mjs');
  expect({ run, assess }).toStrictEqual({ run: { environmentOptions: {} }, assess: { gate: {} } });
});
