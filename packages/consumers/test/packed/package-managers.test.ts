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

interface Manager {
  name: string;
  install: string[];
  runs: string[][];
}

const MANAGERS: Manager[] = [
  {
    name: 'npm, for Node and for Deno,',
    install: ['npm', 'install', '--no-audit', '--no-fund', TARBALL],
    runs: [
      ['node', 'main.mjs'],
      ['deno', 'run', '-A', '--node-modules-dir=manual', 'main.mjs'],
    ],
  },
  { name: 'pnpm', install: ['pnpm', 'add', '--ignore-workspace', TARBALL], runs: [['node', 'main.mjs']] },
  { name: 'Yarn, by its default linker', install: ['yarn', 'add', TARBALL], runs: [['yarn', 'node', 'main.mjs']] },
  { name: 'Bun', install: ['bun', 'add', TARBALL], runs: [['bun', 'main.mjs']] },
];

test.each(MANAGERS)('$name installs the package, and a run answers and ends', async ({ install, runs }) => {
  const manifest = { name: 'app', private: true, type: 'module', packageManager: 'yarn@4.18.1' };
  const isYarn = install[0] === 'yarn';
  const { packageManager, ...plain } = manifest;
  const lock: Record<string, string> = isYarn ? { 'app/yarn.lock': '' } : {};
  await project.makeFolder('app');
  try {
    const json = JSON.stringify(isYarn ? { ...plain, packageManager } : plain);
    await project.write({ 'app/package.json': json, 'app/main.mjs': `${PROGRAM}\n${LATE}`, ...lock });
    await project.runIn('app', resolved(install), ENV);
    for (const run of runs) {
      const { exitCode, stdout } = await project.runIn('app', resolved(run), ENV);
      expect(exitCode).toBe(0);
      expect(stdout).toContain('Kestrel');
      expect(stdout).not.toContain('kept alive');
    }
  } finally {
    await rm(join(project.folder, 'app'), { recursive: true });
  }
});

/** Heard only from a process that its idle worker keeps alive, half of the time that a worker is kept warm. */
const LATE = "setTimeout(() => console.log('kept alive'), 30_000).unref();\n";

const ENV = { YARN_ENABLE_TELEMETRY: '0', YARN_ENABLE_GLOBAL_CACHE: 'true' };

function resolved([program = '', ...args]: string[]): string[] {
  return [toolOf(program) ?? program, ...args];
}
