import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { TestProject } from 'vitest/node';
import { OLD_NODE, platformPackages } from './platform.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of all projects, and what went wrong while those of a package manager were installed. */
    projects: { folder: string; failures: Record<'pnpm' | 'npm', string | null> };
  }
}

/** Named packages of ours, which are their tarballs here. */
const ours = (...names: string[]) => Object.fromEntries(names.map((name) => [name, '*']));

const COMMAND = ours('rlm-bridge', '@rlm-bridge/assess', '@rlm-bridge/viewer', '@rlm-bridge/cli');
const EVERY_ONE = { ...COMMAND, ...ours('@rlm-bridge/ai-sdk') };

/** The projects of the tests that need no folder of their own, and what each depends on. */
export const PROJECTS = {
  'agent-sdks': {
    ...ours('rlm-bridge', '@rlm-bridge/assess', '@rlm-bridge/ai-sdk'),
    ai: '^7.0.0',
    '@openai/agents': '^0.20.0',
    zod: '^4.6.0',
    typescript: '^7.0.2',
    '@types/node': '^26.0.0',
  },
  'ai-sdk-7': {
    ...ours('rlm-bridge', '@rlm-bridge/ai-sdk'),
    ai: '^7.0.173',
    '@ai-sdk/provider': '^4.0.38',
    zod: '^4.6.7',
  },
  'ai-sdk-6': {
    ...ours('rlm-bridge', '@rlm-bridge/ai-sdk'),
    ai: '^6.0.326',
    '@ai-sdk/provider': '^3.0.0',
    zod: '^4.6.7',
  },
  'no-ai-sdk': ours('rlm-bridge', '@rlm-bridge/ai-sdk'),
  bundlers: { ...ours('rlm-bridge'), esbuild: '^0.28.2', vite: '^8.4.0', webpack: '^5.113.0' },
  'bundled-packages': { ...EVERY_ONE, esbuild: '^0.28.2' },
  command: COMMAND,
  'old-node': { ...EVERY_ONE, [OLD_NODE]: '20.20.2' },
  tools: { ...platformPackages({ bun: '1.4.5', deno: '2.9.6' }), '@yarnpkg/cli-dist': '4.18.1', npm: '11.21.2' },
  viewer: COMMAND,
} satisfies Record<string, Record<string, string>>;

/** The project of somebody who follows the README, made and installed by npm. */
export const NEWCOMER = 'npm/newcomer';

/** All are installed once, before the tests: a failure is told by the tests that need them. They go with the suite's folder. */
export default async function provide(project: TestProject): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-consumers-'));
  const { tarballs } = project.getProvidedContext();
  const installing = [install(folder, tarballs), installByNpm(join(folder, NEWCOMER), tarballs)];
  const [pnpm = null, npm = null] = await Promise.all(installing.map((one) => one.then(() => null, String)));
  project.provide('projects', { folder, failures: { pnpm, npm } });
}

async function install(folder: string, tarballs: Readonly<Record<string, string>>): Promise<void> {
  const overrides = Object.entries(tarballs).map(([name, file]) => `  '${name}': 'file:${file}'\n`);
  await writeFile(join(folder, 'pnpm-workspace.yaml'), WORKSPACE + SETTINGS + overrides.join(''));
  for (const [name, dependencies] of Object.entries(PROJECTS)) {
    await mkdir(join(folder, name));
    const manifest = { name, private: true, type: 'module', dependencies };
    await writeFile(join(folder, name, 'package.json'), JSON.stringify(manifest));
  }
  const args = ['install', '--prefer-offline', '--no-frozen-lockfile'];
  await execa('pnpm', args, { cwd: folder, env: PLAIN });
}

/** With what the registry would give beside the packages that the README names. */
async function installByNpm(folder: string, tarballs: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  const files = Object.keys(COMMAND).map((name) => tarballs[name] ?? '');
  const npm = (...args: string[]) => execa('npm', args, { cwd: folder, env: PLAIN });
  await npm('init', '-y');
  await npm('install', '--prefer-offline', '--no-audit', '--no-fund', ...files);
}

/** The surroundings of a user, not of a test run by the repository's own tools. */
export const PLAIN = { NODE_OPTIONS: '', NODE_ENV: '' };

/** No package needs its install script; what pnpm's store has of 20,000 files is not looked at again, half of their install. */
export const SETTINGS = 'strictDepBuilds: false\nverifyStoreIntegrity: false\noverrides:\n';

/** A package finds what it depends on by its own manifest, and nothing else. */
const WORKSPACE = `packages: ['*']
nodeLinker: isolated
hoist: false
`;
