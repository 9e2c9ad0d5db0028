import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Repository, temporaryFolder } from '../../../assess/test/support/repository.ts';
import { DEFECT, gateOver } from './support/gate.ts';
import { type Canaries, canaries } from './support/hostile-checkout.ts';

// The table of docs/judged-change.md, row by row: the real command in a checkout that holds what the row names.

interface Row {
  files?: (traps: Canaries, checkout: string) => Record<string, string>;
  links?: Record<string, string>;
  git?: string[][];
  env?: (checkout: string) => Record<string, string>;
  args?: string[];
  /** What the command says when it refuses; by default it judges, and finds the defect. */
  refusal?: RegExp;
}

const touching = ({ folder }: Canaries, name: string) => `#!/bin/sh\n: > '${join(folder, name)}'\n`;
const python = ({ folder }: Canaries) => `open(${JSON.stringify(join(folder, 'python'))}, "w").close()\n`;
const programs = (traps: Canaries, folder: string) =>
  Object.fromEntries(
    ['git', 'uv', 'node', 'python3', 'python', 'docker', 'gt', 'sh'].map((name) => [
      `${folder}${name}`,
      touching(traps, name),
    ]),
  );
const first = (folder: string) => [folder, process.env.PATH].join(':');

const ROWS: Record<string, Row> = {
  '`.npmrc`': { files: ({ address }) => ({ '.npmrc': `registry=${address}\nnode-options=--require ./evil.cjs\n` }) },
  '`uv.toml`, `pyproject.toml`, `.python-version`': {
    files: ({ address }) => ({
      'uv.toml': `index-url = "${address}"\n`,
      'pyproject.toml': `[project]\nname = "x"\nversion = "1"\n[tool.uv]\nindex-url = "${address}"\n`,
      '.python-version': '2.7\n',
    }),
  },
  '`.venv`': {
    files: (traps) => programs(traps, '.venv/bin/'),
    env: (checkout) => ({ PATH: first(join(checkout, '.venv/bin')), VIRTUAL_ENV: join(checkout, '.venv') }),
  },
  '`node_modules/.bin`': {
    files: (traps) => programs(traps, 'node_modules/.bin/'),
    env: (checkout) => ({ PATH: first(join(checkout, 'node_modules/.bin')) }),
  },
  'a package in `node_modules`': {
    files: (traps) => ({
      'node_modules/yaml/package.json': '{ "main": "index.js" }',
      'node_modules/yaml/index.js': `require('node:fs').writeFileSync('${join(traps.folder, 'yaml')}', '');\n`,
    }),
  },
  '`package.json`, `tsconfig.json`': {
    files: () => ({
      'package.json': '{ "type": "commonjs", "imports": {} ',
      'tsconfig.json': '{ "extends": "./none" ',
    }),
  },
  "modules named like Python's (`json.py`, `pip.py`, `sitecustomize.py`)": {
    files: (traps) => {
      const names = ['json', 'pip', 'sitecustomize', 'usercustomize', 'platform', 'runpy', 'openai', 'rlm'];
      return Object.fromEntries(names.map((name) => [`${name}.py`, python(traps)]));
    },
    env: (checkout) => ({ PYTHONPATH: checkout, PYTHONSTARTUP: join(checkout, 'json.py'), PYTHONHOME: '' }),
  },
  'programs, with `.` on `PATH`': {
    files: (traps) => programs(traps, ''),
    env: () => ({ PATH: ['.', '', process.env.PATH].join(':') }),
  },
  'git attributes with filters, textconv and diff drivers': {
    files: (traps) => ({ '.gitattributes': '* filter=evil diff=evil\n', 'evil.sh': touching(traps, 'filter') }),
    git: [
      ['config', 'filter.evil.clean', './evil.sh'],
      ['config', 'filter.evil.smudge', './evil.sh'],
      ['config', 'filter.evil.process', './evil.sh'],
      ['config', 'filter.evil.required', 'true'],
      ['config', 'diff.evil.textconv', './evil.sh'],
      ['config', 'diff.evil.command', './evil.sh'],
    ],
  },
  '`.gitconfig` that the checkout includes': {
    files: (traps) => ({
      'evil.sh': touching(traps, 'gitconfig'),
      '.gitconfig': [
        '[core]\nfsmonitor = ./evil.sh\nhooksPath = .\npager = ./evil.sh\nsshCommand = ./evil.sh\neditor = ./evil.sh',
        '[diff]\nexternal = ./evil.sh',
        '[credential]\nhelper = "!./evil.sh"',
        '[alias]\ndiff = "!./evil.sh"\nls-tree = "!./evil.sh"',
        '[log]\nshowSignature = true\n[gpg]\nprogram = ./evil.sh\n',
      ].join('\n'),
      'post-index-change': touching(traps, 'hooksPath'),
    }),
    git: [['config', 'include.path', '../.gitconfig']],
  },
  hooks: {
    files: (traps) =>
      Object.fromEntries(
        ['post-index-change', 'reference-transaction', 'fsmonitor-watchman', 'post-checkout'].map((name) => [
          `.git/hooks/${name}`,
          touching(traps, name),
        ]),
      ),
  },
  '`.mailmap`': { files: () => ({ '.mailmap': 'Somebody Else <else@example.com> <ada@example.com>\n' }) },
  '`.gitmodules`': {
    files: (traps) => ({
      '.gitmodules': `[submodule "x"]\npath = sub\nurl = ext::sh -c ${join(traps.folder, 'x')}\nupdate = !touch ${traps.folder}/m\n`,
    }),
    git: [['config', 'submodule.recurse', 'true']],
  },
  'files named like options': {
    files: () => ({ '--output=owned': 'x\n', '-c': 'x\n', '--ext-diff': 'x\n', '--no-cache': 'x\n', '@{-1}': 'x\n' }),
  },
  '`.env`': { files: ({ address }) => ({ '.env': `OPENAI_BASE_URL=${address}\nOPENAI_API_KEY=other\n` }) },
  '`logs` as a link': { links: { logs: '.' } },
  '`logs` as a link, with `--log-dir logs`': {
    links: { logs: '.' },
    args: ['--log-dir', 'logs'],
    refusal: /--log-dir/,
  },
  "a report's path as a link": {
    links: { 'rlm.sarif': 'owned' },
    args: ['--report', 'sarif=rlm.sarif'],
    refusal: /--report sarif=rlm\.sarif: .*is a link in what is judged/,
  },
  "a report's folder as a link": {
    links: { out: '.' },
    args: ['--report', 'json=out/below/rlm.json'],
    refusal: /--report json=out\/below\/rlm\.json: .*is a link in what is judged/,
  },
  'a cache, with `XDG_CACHE_HOME` in the checkout': {
    files: () => ({ '.cache/rlm-bridge/assess/x': '' }),
    env: (checkout) => ({ XDG_CACHE_HOME: join(checkout, '.cache') }),
    refusal: /XDG_CACHE_HOME .* is in what is judged/,
  },
  'an interpreter, with `RLM_CACHE_DIR` in the checkout': {
    files: (traps) => programs(traps, '.cache/venv/bin/'),
    env: () => ({ RLM_CACHE_DIR: '.cache' }),
    refusal: /RLM_CACHE_DIR .* is in what is judged/,
  },
  'a folder for `TMPDIR` in the checkout': {
    files: () => ({ 'tmp/node_modules/x/index.js': '' }),
    env: (checkout) => ({ TMPDIR: join(checkout, 'tmp') }),
    refusal: /TMPDIR .* is in what is judged/,
  },
};

async function plant(repository: Repository, row: Row, traps: Canaries): Promise<void> {
  const checkout = repository.path;
  for (const [name, text] of Object.entries(row.files?.(traps, checkout) ?? {})) {
    await mkdir(dirname(join(checkout, name)), { recursive: true });
    await writeFile(join(checkout, name), text);
    if (text.startsWith('#!')) await chmod(join(checkout, name), 0o755);
  }
  for (const [name, target] of Object.entries(row.links ?? {})) {
    await symlink(join(traps.folder, target), join(checkout, name));
  }
  for (const command of row.git ?? []) await repository.git(...command);
}

test.each(Object.entries(ROWS))('%s', async (_, row) => {
  const { assessProcess, repository, fake } = await gateOver({ 'a.txt': 'one\n' });
  const traps = await canaries();
  await repository.write(DEFECT);
  await plant(repository, row, traps);
  const HOME = await temporaryFolder();
  const env = { HOME, ...row.env?.(repository.path) };
  const { exitCode, stderr } = await assessProcess(['--changed', ...(row.args ?? [])], { env });
  const expected = row.refusal ?? /^rlm assess: FAIL:/;
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: row.refusal === undefined ? 1 : 2,
    stderr: expect.stringMatching(expected),
  });
  expect(await traps.sung()).toEqual([]);
  if (row.refusal !== undefined) expect(fake.served).toHaveLength(0);
});

test('the page has these rows, and no others but the policy that base-policy.slow.test.ts tries', async () => {
  const page = await readFile(fileURLToPath(new URL('../../../../docs/judged-change.md', import.meta.url)), 'utf8');
  const rows = [...page.matchAll(/^\| (.+?) \| /gm)].map(([, name]) => name).slice(2);
  expect(rows).toEqual(['`rlm.config.*`, rubric, baseline, criteria', ...Object.keys(ROWS)]);
});
