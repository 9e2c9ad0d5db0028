import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Project } from '../support/project.ts';
import { PROGRAM } from '../support/question.ts';

// The packed package, installed and run by each package manager with its defaults.

let project: Project;
let tool: (name: string) => string;

beforeAll(async () => {
  project = await Project.withPacked(['rlm-bridge']);
  // By npm: pnpm takes these names for runtimes, which it downloads from elsewhere.
  await project.makeFolder('tools');
  await project.write({ 'tools/package.json': '{ "private": true }' });
  const tools = ['bun@1.4.5', 'deno@2.9.6', '@yarnpkg/cli-dist@4.18.1'];
  await project.runIn('tools', ['npm', 'install', '--no-audit', '--no-fund', ...tools], {});
  tool = (name) => join(project.folder, 'tools/node_modules/.bin', name);
});

afterAll(() => project[Symbol.asyncDispose]());

const TARBALL = '../rlm-bridge.tgz';

interface Manager {
  name: string;
  install: string[];
  run: string[];
}

const MANAGERS: Manager[] = [
  { name: 'npm', install: ['npm', 'install', '--no-audit', '--no-fund', TARBALL], run: ['node', 'main.mjs'] },
  { name: 'pnpm', install: ['pnpm', 'add', '--ignore-workspace', TARBALL], run: ['node', 'main.mjs'] },
  { name: 'Yarn, by its default linker', install: ['yarn', 'add', TARBALL], run: ['yarn', 'node', 'main.mjs'] },
  { name: 'Bun', install: ['bun', 'add', TARBALL], run: ['bun', 'main.mjs'] },
  {
    name: 'Deno',
    install: ['npm', 'install', '--no-audit', '--no-fund', TARBALL],
    run: ['deno', 'run', '-A', '--node-modules-dir=manual', 'main.mjs'],
  },
];

const OWN = ['yarn', 'bun', 'deno'];

test.each(MANAGERS)('$name installs the package, and a run answers and ends', async ({ install, run }) => {
  const manifest = { name: 'app', private: true, type: 'module', packageManager: 'yarn@4.18.1' };
  const isYarn = install[0] === 'yarn';
  const { packageManager, ...plain } = manifest;
  const lock: Record<string, string> = isYarn ? { 'app/yarn.lock': '' } : {};
  await project.makeFolder('app');
  try {
    const json = JSON.stringify(isYarn ? { ...plain, packageManager } : plain);
    await project.write({ 'app/package.json': json, 'app/main.mjs': `${PROGRAM}\n${LATE}`, ...lock });
    await project.runIn('app', resolved(install), ENV);
    const { exitCode, stdout } = await project.runIn('app', resolved(run), ENV);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Kestrel');
    expect(stdout).not.toContain('kept alive');
  } finally {
    await rm(join(project.folder, 'app'), { recursive: true });
  }
});

/** Heard only from a process that its idle worker keeps alive, half of the time that a worker is kept warm. */
const LATE = "setTimeout(() => console.log('kept alive'), 30_000).unref();\n";

const ENV = { YARN_ENABLE_TELEMETRY: '0', YARN_ENABLE_GLOBAL_CACHE: 'true' };

function resolved([program = '', ...args]: string[]): string[] {
  return [OWN.includes(program) ? tool(program) : program, ...args];
}
