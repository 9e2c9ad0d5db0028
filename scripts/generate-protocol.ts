import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { execa } from 'execa';
import { BACKENDS } from '../packages/protocol/src/backends.ts';
import { JOURNAL_FORMAT } from '../packages/protocol/src/journal.ts';
import {
  incomingJsonSchema,
  journalJsonSchema,
  protocolJsonSchema,
  workerJsonSchema,
} from '../packages/protocol/src/json-schema.ts';
import { outgoingJsonSchema } from '../packages/protocol/src/outgoing-schema.ts';
import * as secrets from '../packages/protocol/src/secrets.ts';
import { CONTAINER_VARIABLES, PROXY_VARIABLES } from '../packages/protocol/src/variables.ts';
import * as version from '../packages/protocol/src/version.ts';

// zod → JSON Schema → Python models, all committed. `--check` writes nothing and fails when a file is stale.

const root = join(import.meta.dirname, '..');
const schemaFile = join(root, `packages/protocol/schema/protocol.v${version.PROTOCOL_VERSION}.json`);
const generated = join(root, 'python/src/rlm_worker/_generated');
const check = process.argv.includes('--check');
const stale: string[] = [];

/** The command in one process: it loads for a second. */
const ONE_AFTER_THE_OTHER = `
import json, sys
from datamodel_code_generator.__main__ import main
sys.exit(max([main(args) for args in json.loads(sys.argv[1])]))
`;

await produce(schemaFile, `${JSON.stringify(protocolJsonSchema(), null, 2)}\n`);
await produce(
  join(root, `packages/protocol/schema/journal.v${JOURNAL_FORMAT}.json`),
  `${JSON.stringify(journalJsonSchema(), null, 2)}\n`,
);
await produce(join(generated, 'constants.py'), pythonConstants());
await produce(join(generated, 'backends.py'), pythonBackends());
await produce(join(generated, 'variables.py'), pythonVariables());
await produce(join(generated, 'secrets.py'), pythonSecrets());
// What comes in is checked, and each model of it takes its part of the worker's start; what goes out is checked by its tests.
await python([
  ['incoming', incomingJsonSchema(), join(generated, 'messages.py')],
  ['incoming', workerJsonSchema(), join(root, 'python/tests/support/worker_messages.py')],
  ['outgoing', outgoingJsonSchema(), join(generated, 'outgoing.py')],
]);

if (stale.length > 0) {
  console.error(`Stale: ${stale.join(', ')}. Run \`pnpm protocol:generate\` and commit the result.`);
  process.exitCode = 1;
}

async function produce(file: string, text: string): Promise<void> {
  if (!check) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  } else if ((await readFile(file, 'utf8').catch(() => null)) !== text) {
    stale.push(relative(root, file));
  }
}

function pythonConstants(): string {
  const constants = Object.entries(version).map(([name, value]) => `${name} = ${value}`);
  return [...header('version.ts'), ...constants, ''].join('\n');
}

function pythonBackends(): string {
  const rows = Object.entries(BACKENDS).flatMap(([name, { keys, sdkKeys = [], needs, address }]) => [
    `    "${name}": BackendFacts(`,
    `        keys=${tuple(keys)},`,
    `        sdk_keys=${tuple(sdkKeys)},`,
    `        needs_key=${needs.includes('key') ? 'True' : 'False'},`,
    `        needs_base_url=${needs.includes('baseUrl') ? 'True' : 'False'},`,
    `        address=${address === null ? 'None' : `"${address}"`},`,
    '    ),',
  ]);
  return [
    ...header('backends.ts'),
    'from __future__ import annotations',
    '',
    'from typing import NamedTuple',
    '',
    '',
    'class BackendFacts(NamedTuple):',
    '    keys: tuple[str, ...]',
    '    sdk_keys: tuple[str, ...]',
    '    needs_key: bool',
    '    needs_base_url: bool',
    '    address: str | None',
    '',
    '',
    'BACKENDS = {',
    ...rows,
    '}',
    '',
  ].join('\n');
}

function pythonVariables(): string {
  const lists = Object.entries({ CONTAINER_VARIABLES, PROXY_VARIABLES }).flatMap(([name, list]) => lines(name, list));
  return [...header('variables.ts'), ...lists, ''].join('\n');
}

function pythonSecrets(): string {
  const constants = Object.entries(secrets).flatMap(([name, value]) =>
    typeof value === 'object' ? lines(name, value) : [`${name} = ${JSON.stringify(value)}`],
  );
  return [...header('secrets.ts'), ...constants, ''].join('\n');
}

/** A list of texts as Python writes it, one a line. */
function lines(name: string, texts: readonly string[]): string[] {
  return [`${name} = (`, ...texts.map((text) => `    ${JSON.stringify(text)},`), ')'];
}

function header(file: string): string[] {
  return [
    `# Generated from packages/protocol/src/${file}, which says what each means.`,
    '# Do not edit: change it there and run `pnpm protocol:generate`.',
    '',
  ];
}

/** A tuple of names as Python writes it. */
function tuple(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`).join(', ');
  return `(${quoted}${names.length === 1 ? ',' : ''})`;
}

type Profile = 'incoming' | 'outgoing';

/** datamodel-code-generator, configured in pyproject.toml. `outgoing`: types alone, and nothing is checked at run time. */
async function python(files: readonly [Profile, schema: object, output: string][]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-protocol-'));
  try {
    const commands = files.map(async ([profile, schema, output], index) => {
      await mkdir(join(folder, `${index}`));
      // The generated file names its input.
      const input = join(folder, `${index}`, `${profile}.json`);
      await writeFile(input, JSON.stringify(schema));
      return ['--input', input, '--profile', profile, '--output', output, ...(check ? ['--check'] : [])];
    });
    const { exitCode, all } = await execa({
      cwd: join(root, 'python'),
      reject: false,
      all: true,
    })`uv run --frozen --group dev --group codegen python -c ${ONE_AFTER_THE_OTHER} ${JSON.stringify(await Promise.all(commands))}`;
    if (exitCode === 0) return;
    console.error(all);
    stale.push('Python models');
  } finally {
    await rm(folder, { recursive: true });
  }
}
