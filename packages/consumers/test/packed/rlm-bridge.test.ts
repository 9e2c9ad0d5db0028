import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { conversation, FakeProvider, submit } from '@rlm-bridge/fake-provider';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { Project } from '../support/project.ts';

// The packed rlm-bridge in a project whose node_modules cannot be written.

const repository = resolve(import.meta.dirname, '../../../..');
let project: Project;
let installed: string[];

const installedFiles = async () => (await readdir(join(project.folder, 'node_modules'), { recursive: true })).sort();

beforeAll(async () => {
  project = await Project.withPacked(['rlm-bridge']);
  await project.write({ 'package.json': JSON.stringify({ name: 'project', private: true }) });
  // Copies, because changing the mode of a hard link changes the store's file.
  await project.install('--config.package-import-method=copy');
  await execa('chmod', ['-R', 'a-w', join(project.folder, 'node_modules')]);
  installed = await installedFiles();
});

afterAll(async () => {
  await execa('chmod', ['-R', 'u+w', join(project.folder, 'node_modules')]);
  await project[Symbol.asyncDispose]();
});

/** Root may write anywhere, unless it gives that up. */
const obedient =
  process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search', 'node'] : ['node'];

/** Runs a file of the project with a cache of its own, so that Python is set up from the package alone. */
async function run(name: string, program: string) {
  await project.write({ [name]: program });
  const env = { RLM_CACHE_DIR: join(project.folder, 'cache'), RLM_PYTHON: '' };
  const [file = 'node', ...args] = obedient;
  return await project.try(file, [...args, name], env);
}

const question = `
  const lines = Array.from({ length: 3000 }, (_, i) => 'Entry ' + i + ' says nothing of interest.');
  lines[1234] = 'The access code of the vault is 7391-KESTREL.';
  runRLM(lines.join('\\n'), 'What is the access code of the vault?', { backend: 'offline', environment: 'local', logDir: false })
    .then(({ success, answer, costUsd }) => console.log(JSON.stringify({ success, answer, costUsd })));
`;

test('import: sets Python up, says so, and answers', async () => {
  const { stdout, stderr, exitCode } = await run('main.mjs', `import { runRLM } from 'rlm-bridge';\n${question}`);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringContaining('preparing Python with uv') });
  expect(JSON.parse(stdout)).toEqual({ success: true, answer: expect.stringContaining('7391-KESTREL'), costUsd: 0 });
});

test('require(esm): answers, with nothing left to set up', async () => {
  const { stdout, stderr, exitCode } = await run('main.cjs', `const { runRLM } = require('rlm-bridge');\n${question}`);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ success: true, answer: expect.stringContaining('7391-KESTREL') });
});

test('each backend is served by the Python that the package sets up', async () => {
  const fake = await FakeProvider.start(conversation({ turns: [submit('"done"')] }));
  onTestFinished(() => fake.stop());
  const atTheRoot = ['anthropic', 'gemini', 'azure_openai'].map((backend) => [backend, fake.url]);
  const wires = [...atTheRoot, ...['openai', 'openrouter', 'portkey'].map((backend) => [backend, fake.openaiUrl])];
  const program = `
    import { runRLM } from 'rlm-bridge';
    const models = { rootModel: 'm', subModel: 'm', apiKey: 'k' };
    const plain = { environment: 'local', logDir: false };
    for (const [backend, baseUrl] of ${JSON.stringify(wires)}) {
      const { answer, error } = await runRLM('text', 'q', { backend, baseUrl, ...models, ...plain });
      console.log(backend, answer ?? error);
    }
  `;
  const { stdout, stderr, exitCode } = await run('backends.mjs', program);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout.split('\n')).toEqual(wires.map(([backend]) => `${backend} done`));
  const [environment = ''] = await readdir(join(project.folder, 'cache'));
  const packages = await readdir(join(project.folder, 'cache', environment, 'venv/lib'), { recursive: true });
  expect(packages.filter((path) => /site-packages\/(anthropic|openai|portkey_ai|pytest)$/.test(path))).toEqual([]);
});

test('the installed package was not written to', async () => {
  expect(await installedFiles()).toEqual(installed);
});

test('the types stand on their own', async () => {
  const program = `
    import { runRLM, type RLMResult, type RLMEvent } from 'rlm-bridge';
    const run = runRLM({ files: ['**/*.ts', '!node_modules/**'] }, 'q', { rootModel: 'sonnet', signal: AbortSignal.timeout(1) });
    for await (const event of run) event satisfies RLMEvent;
    const result: RLMResult = await run;
    if (result.success) result.answer satisfies string;
    // @ts-expect-error no such option
    runRLM('', 'q', { maxIteration: 1 });
  `;
  await project.write({ 'consumer.mts': program });
  const types = ['--types', 'node', '--typeRoots', join(repository, 'node_modules/@types')];
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext', '--target', 'es2023', '--noEmit'];
  const tsc = join(repository, 'node_modules/.bin/tsc');
  const { stdout, exitCode } = await project.try(tsc, ['--checkers', '1', ...types, ...strict, 'consumer.mts']);
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
});

test('the tarball holds the worker, and no tests, caches or private parts', async () => {
  const { stdout } = await execa('tar', ['-tzf', inject('tarballs')['rlm-bridge'] ?? '']);
  const files = stdout.split('\n');
  for (const name of [
    'dist/index.mjs',
    'dist/index.d.mts',
    'worker/uv.lock',
    'worker/pyproject.toml',
    'README.md',
    'LICENSE',
  ]) {
    expect(files).toContain(`package/${name}`);
  }
  expect(files).toContain('package/worker/src/rlm_worker/__main__.py');
  expect(files).toContain('package/worker/src/rlm_coverage/tracker.py');
  expect(files.filter((name) => /test|__pycache__|\.pyc$|\.ts$/.test(name) && !name.endsWith('.d.mts'))).toEqual([]);
});
