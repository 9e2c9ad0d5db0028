import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Project, toolOf } from '../support/project.ts';
import { PROGRAM } from '../support/question.ts';

// The packed package, installed and run by each package manager with its defaults.

let project: Project;

beforeAll(async () => {
  project = await Project.withPacked(['rlm-bridge']);
});

afterAll(() => project[Symbol.asyncDispose]());

const TARBALL = '../rlm-bridge.tgz';

test.each([
  ['Node', ['node', 'main.mjs']],
  ['Deno', ['deno', 'run', '-A', '--node-modules-dir=manual', 'main.mjs']],
])('what npm installed serves a run by %s, which answers and ends', async (_, command) => {
  const newcomer = Project.newcomer();
  await newcomer.write({ 'main.mjs': MAIN });
  await answersAndEnds(newcomer.folder, command);
});

const MANAGERS = [
  { name: 'pnpm', install: ['pnpm', 'add', '--ignore-workspace', TARBALL], run: ['node', 'main.mjs'] },
  { name: 'Yarn, by its default linker', install: ['yarn', 'add', TARBALL], run: ['yarn', 'node', 'main.mjs'] },
  { name: 'Bun', install: ['bun', 'add', TARBALL], run: ['bun', 'main.mjs'] },
];

test.each(MANAGERS)('$name installs the package, and a run answers and ends', async ({ install, run }) => {
  const manifest = { name: 'app', private: true, type: 'module', packageManager: 'yarn@4.18.1' };
  const isYarn = install[0] === 'yarn';
  const { packageManager, ...plain } = manifest;
  const lock: Record<string, string> = isYarn ? { 'app/yarn.lock': '' } : {};
  await project.makeFolder('app');
  try {
    const json = JSON.stringify(isYarn ? { ...plain, packageManager } : plain);
    await project.write({ 'app/package.json': json, 'app/main.mjs': MAIN, ...lock });
    await project.runIn('app', resolved(install), ENV);
    await answersAndEnds('app', run);
  } finally {
    await rm(join(project.folder, 'app'), { recursive: true });
  }
});

async function answersAndEnds(folder: string, command: string[]): Promise<void> {
  const { exitCode, stdout } = await project.runIn(folder, resolved(command), ENV);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('Kestrel');
  expect(stdout).not.toContain('kept alive');
}

/** Heard only from a process that its idle worker keeps alive, half of the time that a worker is kept warm. */
const LATE = "setTimeout(() => console.log('kept alive'), 30_000).unref();\n";

const MAIN = `${PROGRAM}\n${LATE}`;

const ENV = { YARN_ENABLE_TELEMETRY: '0', YARN_ENABLE_GLOBAL_CACHE: 'true' };

function resolved([program = '', ...args]: string[]): string[] {
  return [toolOf(program) ?? program, ...args];
}
