import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Project } from '../support/project.ts';
import { PROGRAM } from '../support/question.ts';

// rlm-bridge in bundles of one file that lie where no node_modules is. The lines are those of docs/bundlers.md.

const VITE = `export default {
  build: { ssr: 'main.mjs', outDir: 'bundle/vite', rolldownOptions: { output: { entryFileNames: 'server.mjs' } } },
  ssr: { noExternal: true },
};`;

// Without its minifier, which is most of its work: one of the bundles by esbuild is minified.
const WEBPACK = `import { resolve } from 'node:path';
export default {
  mode: 'production', target: 'node22', entry: './main.mjs', experiments: { outputModule: true },
  optimization: { minimize: false },
  output: { path: resolve('bundle/webpack'), filename: 'server.mjs', module: true, chunkFormat: 'module', library: { type: 'module' } },
};`;

const RUN_WEBPACK = `import webpack from 'webpack';
import config from './webpack.config.mjs';
webpack(config, (error, stats) => {
  console.log(error ?? stats.toString('errors-only'));
  process.exitCode = error || stats.hasErrors() ? 1 : 0;
});`;

let project: Project;
/** Elsewhere, so that nothing of the project can be found: the worker, which Python compiles once, and a folder for each bundle. */
let deployed: string;

beforeAll(async () => {
  project = Project.installed('bundlers');
  deployed = await mkdtemp(join(tmpdir(), 'rlm-deployed-'));
  await cp(join(project.folder, 'node_modules/rlm-bridge/worker'), join(deployed, 'worker'), { recursive: true });
  const files = { 'main.mjs': PROGRAM, 'vite.config.mjs': VITE, 'webpack.config.mjs': WEBPACK };
  await project.write({ ...files, 'run-webpack.mjs': RUN_WEBPACK });
});

afterAll(() => rm(deployed, { recursive: true }));

const esbuild = (format: string, name: string, ...flags: string[]) => [
  'node_modules/.bin/esbuild',
  'main.mjs',
  '--bundle',
  '--platform=node',
  `--format=${format}`,
  `--outfile=bundle/${name}`,
  ...flags,
];

const DEFINED = [
  '--define:import.meta.url=moduleUrl',
  "--banner:js=const moduleUrl = require('node:url').pathToFileURL(__filename).href;",
];

const BUNDLERS: { name: string; command: string[]; file: string }[] = [
  { name: 'esbuild to CommonJS', command: [...esbuild('cjs', 'plain/server.cjs')], file: 'plain/server.cjs' },
  {
    name: 'esbuild to CommonJS, with an address, minified',
    command: [...esbuild('cjs', 'defined/server.cjs', '--minify', ...DEFINED)],
    file: 'defined/server.cjs',
  },
  { name: 'webpack', command: ['node', 'run-webpack.mjs'], file: 'webpack/server.mjs' },
  { name: 'Vite', command: ['node_modules/.bin/vite', 'build'], file: 'vite/server.mjs' },
];

test.each(BUNDLERS)('a bundle by $name finds the worker that RLM_WORKER_DIR names', async ({ command, file }) => {
  const [program = '', ...args] = command;
  await project.run(program, args);
  await cp(join(project.folder, 'bundle', file, '..'), join(deployed, file, '..'), { recursive: true });
  const lost = await project.try('node', [join(deployed, file)], { RLM_WORKER_DIR: join(deployed, 'nowhere') });
  expect(lost.stdout).toMatch(/^worker_not_found The Python worker is not in .*nowhere\. In a bundle: /);
  const found = await project.try('node', [join(deployed, file)], { RLM_WORKER_DIR: join(deployed, 'worker') });
  expect(found).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Kestrel'), stderr: '' });
});

test('a bundle of CommonJS without an address says what to do', async () => {
  const { stdout } = await project.try('node', ['bundle/plain/server.cjs']);
  expect(stdout).toMatch(/^worker_not_found The Python worker is not in where a bundle of CommonJS/);
});
