import { cp, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Project, PYTHON } from '../support/project.ts';
import { PLAIN } from '../support/projects.ts';
import { CALL } from '../support/question.ts';

// Next.js with the packed package.

/** Another name of the package, of which no configuration knows: what a build makes of it is what it makes by itself. */
const UNNAMED = 'unnamed';

const routeOf = (name: string) => `import { runRLM } from '${name}';
export const dynamic = 'force-dynamic';
export async function GET() {
  return Response.json(await ${CALL});
}
`;
const LAYOUT = `export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>;
}
`;

/** The lines of docs/bundlers.md. */
const STANDALONE = "output: 'standalone', serverExternalPackages: ['rlm-bridge']";

/**
 * Half of a build by webpack is the search for the files of Next's own server: left out, as are a process for each of its parts,
 * a cache for the next build, and the minifier, which the build by Turbopack has. No page is opened: Next's pages for errors, most
 * of what is compiled, are not built, and what its code for browsers imports is not followed.
 */
const WEBPACK = `
  outputFileTracingExcludes: { 'next-server': ['**/node_modules/next/**'] },
  experimental: { webpackBuildWorker: false },
  webpack: ({ entry, optimization, module, ...config }, { isServer }) => ({
    ...config, cache: false, optimization: { ...optimization, minimize: false },
    entry: async () => Object.fromEntries(Object.entries(await entry()).filter(([name]) => !name.startsWith('app/_'))),
    module: isServer ? module : { ...module, noParse: /node_modules.next.dist/ },
  })`;

/** No cache for a next build, no maps of stacks that nobody reads; no page is opened: what is for browsers is not minified. */
const TURBOPACK = `experimental: {
    turbopackFileSystemCacheForBuild: false, turbopackMinify: { client: false }, turbopackSourceMaps: false,
  }`;

const BUILDERS = [
  { builder: '--turbopack', lighter: TURBOPACK },
  { builder: '--webpack', lighter: WEBPACK },
];

async function application(): Promise<Project> {
  const project = await Project.withPacked(['rlm-bridge']);
  const unnamed = `${UNNAMED}@file:${project.packed[0]}`;
  await project.install(unnamed, 'next@^16.4.6', 'react@^19.0.0', 'react-dom@^19.0.0');
  for (const name of ['rlm-bridge', UNNAMED]) {
    await mkdir(join(project.folder, 'app', name), { recursive: true });
    await project.write({ [`app/${name}/route.js`]: routeOf(name) });
  }
  await project.write({ 'app/layout.js': LAYOUT });
  // A folder of the user's that has nothing to do with ours.
  await mkdir(join(project.folder, 'python/src/rlm_worker'), { recursive: true });
  await project.write({ 'python/src/rlm_worker/theirs.py': '' });
  return project;
}

async function build(project: Project, lighter: string, builder: string): Promise<void> {
  await project.write({ 'next.config.mjs': `export default { ${STANDALONE}, ${lighter} };` });
  await project.run('node_modules/.bin/next', ['build', builder], { NEXT_TELEMETRY_DISABLED: '1' });
}

/** What a package's route answers, from a server that ends with the call. */
async function ask(cwd: string, program: readonly string[], name: string): Promise<unknown> {
  const port = await freePort();
  const env = { PORT: String(port), HOSTNAME: '127.0.0.1', RLM_PYTHON: PYTHON, ...PLAIN };
  const server = execa('node', program, { cwd, env, reject: false });
  const ready = Promise.withResolvers<void>();
  server.stdout.on('data', (chunk: Buffer) => {
    if (chunk.includes('Ready')) ready.resolve();
  });
  server.stdout.once('close', ready.resolve);
  await ready.promise;
  try {
    return await (await fetch(`http://127.0.0.1:${port}/${name}`)).json();
  } finally {
    server.kill();
    await server;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const WATCHDOG_MS = 600_000;
const answered = expect.objectContaining({ success: true, answer: expect.stringContaining('Kestrel') });

let project: Project;

beforeAll(async () => {
  project = await application();
});

afterAll(() => project[Symbol.asyncDispose]());

// In one application: each build removes what the one before it wrote.
describe.each(BUILDERS)('next build $builder', ({ builder, lighter }) => {
  beforeAll(() => build(project, lighter, builder), WATCHDOG_MS);

  test('with no configuration of the package: the route answers', { timeout: WATCHDOG_MS }, async () => {
    expect(await ask(project.folder, ['node_modules/next/dist/bin/next', 'start'], UNNAMED)).toEqual(answered);
  });

  test('standalone: the worker is traced, and the route answers elsewhere', { timeout: WATCHDOG_MS }, async () => {
    const deployed = `${project.folder}-deployed`;
    const installed = join(project.folder, 'node_modules/rlm-bridge');
    const aside = join(project.folder, 'rlm-bridge-aside');
    try {
      await cp(join(project.folder, '.next/standalone'), deployed, { recursive: true, verbatimSymlinks: true });
      const { stdout } = await project.run('find', [deployed, '-name', '*.py']);
      expect(stdout).toContain('rlm-bridge/worker/src/rlm_worker/__main__.py');
      expect(stdout).toContain('rlm-bridge/worker/src/rlm_coverage/tracker.py');
      expect(stdout).not.toContain('theirs.py');
      if (lighter === WEBPACK) await lendNext(deployed);
      await rename(installed, aside);
      try {
        expect(await ask(deployed, ['server.js'], 'rlm-bridge')).toEqual(answered);
      } finally {
        await rename(aside, installed);
      }
    } finally {
      await rm(deployed, { recursive: true, force: true });
    }
  });
});

/** Gives a deployed folder the server that was not traced. */
async function lendNext(deployed: string): Promise<void> {
  const next = join(deployed, 'node_modules/next');
  await rm(next, { recursive: true, force: true });
  await symlink(join(project.folder, 'node_modules/next'), next);
}
