import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Repository, temporaryFolder } from '../../../assess/test/support/repository.ts';
import { DEFECT, gateOver } from './support/gate.ts';
import { type Canaries, canaries } from './support/hostile-checkout.ts';

// The table of docs/judged-change.md, row by row: the real command in a checkout that holds what the row names.

/** What a row of the page plants. */
interface Planted {
  files?: (traps: Canaries, checkout: string) => Record<string, string>;
  links?: Record<string, string>;
  git?: string[][];
  env?: (checkout: string) => Record<string, string>;
}

/** Work that is judged, and its defect found. Rows of one checkout are tried at once: none hides what another would do. */
interface Judged extends Planted {
  checkout: 'programs' | 'git';
  /** Folders that `PATH` begins with. */
  path?: (checkout: string) => string[];
}

/** Work that the command refuses to judge, and what it says. */
interface Refused extends Planted {
  args?: string[];
  refusal: RegExp;
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

const ROWS: Record<string, Judged | Refused> = {
  '`.npmrc`': {
    checkout: 'programs',
    files: ({ address }) => ({ '.npmrc': `registry=${address}\nnode-options=--require ./evil.cjs\n` }),
  },
  '`uv.toml`, `pyproject.toml`, `.python-version`': {
    checkout: 'programs',
    files: ({ address }) => ({
      'uv.toml': `index-url = "${address}"\n`,
      'pyproject.toml': `[project]\nname = "x"\nversion = "1"\n[tool.uv]\nindex-url = "${address}"\n`,
      '.python-version': '2.7\n',
    }),
  },
  '`.venv`': {
    checkout: 'programs',
    files: (traps) => programs(traps, '.venv/bin/'),
    path: (checkout) => [join(checkout, '.venv/bin')],
    env: (checkout) => ({ VIRTUAL_ENV: join(checkout, '.venv') }),
  },
  '`node_modules/.bin`': {
    checkout: 'programs',
    files: (traps) => programs(traps, 'node_modules/.bin/'),
    path: (checkout) => [join(checkout, 'node_modules/.bin')],
  },
  'a package in `node_modules`': {
    checkout: 'programs',
    files: (traps) => ({
      'node_modules/yaml/package.json': '{ "main": "index.js" }',
      'node_modules/yaml/index.js': `require('node:fs').writeFileSync('${join(traps.folder, 'yaml')}', '');\n`,
    }),
  },
  '`package.json`, `tsconfig.json`': {
    checkout: 'git',
    files: () => ({
      'package.json': '{ "type": "commonjs", "imports": {} ',
      'tsconfig.json': '{ "extends": "./none" ',
    }),
  },
  "modules named like Python's (`json.py`, `pip.py`, `sitecustomize.py`)": {
    checkout: 'programs',
    files: (traps) => {
      const names = ['json', 'pip', 'sitecustomize', 'usercustomize', 'platform', 'runpy', 'openai', 'rlm'];
      return Object.fromEntries(names.map((name) => [`${name}.py`, python(traps)]));
    },
    env: (checkout) => ({ PYTHONPATH: checkout, PYTHONSTARTUP: join(checkout, 'json.py'), PYTHONHOME: '' }),
  },
  'programs, with `.` on `PATH`': {
    checkout: 'programs',
    files: (traps) => programs(traps, ''),
    path: () => ['.', ''],
  },
  'git attributes with filters, textconv and diff drivers': {
    checkout: 'git',
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
    checkout: 'programs',
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
    checkout: 'git',
    files: (traps) =>
      Object.fromEntries(
        ['post-index-change', 'reference-transaction', 'fsmonitor-watchman', 'post-checkout'].map((name) => [
          `.git/hooks/${name}`,
          touching(traps, name),
        ]),
      ),
  },
  '`.mailmap`': {
    checkout: 'git',
    files: () => ({ '.mailmap': 'Somebody Else <else@example.com> <ada@example.com>\n' }),
  },
  '`.gitmodules`': {
    checkout: 'git',
    files: (traps) => ({
      '.gitmodules': `[submodule "x"]\npath = sub\nurl = ext::sh -c ${join(traps.folder, 'x')}\nupdate = !touch ${traps.folder}/m\n`,
    }),
    git: [['config', 'submodule.recurse', 'true']],
  },
  'files named like options': {
    checkout: 'git',
    files: () => ({ '--output=owned': 'x\n', '-c': 'x\n', '--ext-diff': 'x\n', '--no-cache': 'x\n', '@{-1}': 'x\n' }),
  },
  '`.env`': {
    checkout: 'programs',
    files: ({ address }) => ({ '.env': `OPENAI_BASE_URL=${address}\nOPENAI_API_KEY=other\n` }),
  },
  '`logs` as a link': { checkout: 'programs', links: { logs: '.' } },
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

async function plant(repository: Repository, row: Planted, traps: Canaries): Promise<void> {
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

const isRefused = (row: Judged | Refused): row is Refused => 'refusal' in row;
const JUDGED = Object.entries(ROWS).flatMap(([name, row]) => (isRefused(row) ? [] : [[name, row] as const]));
const REFUSED = Object.entries(ROWS).flatMap(([name, row]) => (isRefused(row) ? [[name, row] as const] : []));

/** A process of the command in a checkout with the traps of all its rows: how it ended, and what each row's traps did. */
async function judge(checkout: Judged['checkout']) {
  const { assessProcess, repository } = await gateOver({ 'a.txt': 'one\n' });
  await repository.write(DEFECT);
  const env: Record<string, string> = { HOME: await temporaryFolder() };
  const path: string[] = [];
  const traps = new Map<string, Canaries>();
  for (const [name, row] of JUDGED.filter(([, { checkout: its }]) => its === checkout)) {
    const own = await canaries();
    traps.set(name, own);
    await plant(repository, row, own);
    Object.assign(env, row.env?.(repository.path));
    path.push(...(row.path?.(repository.path) ?? []));
  }
  const { exitCode, stderr } = await assessProcess(['--changed'], {
    env: { ...env, PATH: [...path, process.env.PATH].join(':') },
  });
  const sung = new Map<string, string[]>();
  for (const [name, own] of traps) sung.set(name, await own.sung());
  return { exitCode, stderr, sung };
}

const judgements = new Map<Judged['checkout'], ReturnType<typeof judge>>();

test.each(JUDGED)('%s', async (name, { checkout }) => {
  const judgement = judgements.get(checkout) ?? judge(checkout);
  judgements.set(checkout, judgement);
  const { exitCode, stderr, sung } = await judgement;
  expect(sung.get(name)).toEqual([]);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^rlm assess: FAIL:/) });
});

test.each(REFUSED)('%s', async (_, { args = [], env, refusal, ...planted }) => {
  const { assess, repository, fake } = await gateOver({ 'a.txt': 'one\n' });
  const traps = await canaries();
  await repository.write(DEFECT);
  await plant(repository, planted, traps);
  const HOME = await temporaryFolder();
  const { exitCode, stderr } = await assess(['--changed', ...args], { env: { HOME, ...env?.(repository.path) } });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(refusal) });
  expect(await traps.sung()).toEqual([]);
  expect(fake.served).toHaveLength(0);
});

test('the page has these rows, and no others but the policy that base-policy.slow.test.ts tries', async () => {
  const page = await readFile(fileURLToPath(new URL('../../../../docs/judged-change.md', import.meta.url)), 'utf8');
  const rows = [...page.matchAll(/^\| (.+?) \| /gm)].map(([, name]) => name).slice(2);
  expect(rows).toEqual(['`rlm.config.*`, rubric, baseline, criteria', ...Object.keys(ROWS)]);
});
