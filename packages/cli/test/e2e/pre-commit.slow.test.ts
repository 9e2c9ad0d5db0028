import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { Repository, temporaryFolder } from '../../../assess/test/support/repository.ts';
import { blocksOf, checkout, EVIL, ROOT } from './support/recipes.ts';
import { folderWithRlm } from './support/relayed-rlm.ts';

// .pre-commit-hooks.yaml, run by the framework itself: pre-commit as it is published, by the hashes of its packages.

const LOCK = join(ROOT, 'packages/cli/test/e2e/support/pre-commit.txt');

/** The program `pre-commit`, in an environment of its own. */
async function preCommit(): Promise<string> {
  const folder = join(await temporaryFolder(), 'venv');
  await execa('uv', ['venv', '--quiet', folder]);
  const env = { VIRTUAL_ENV: folder };
  await execa('uv', ['pip', 'install', '--quiet', '--require-hashes', '-r', LOCK], { env });
  return join(folder, 'bin', 'pre-commit');
}

test('pre-commit refuses a push with a defect, lets a clean one through, and runs by hand', async () => {
  const program = await preCommit();
  const { path, origin, outside, config } = await checkout({ 'ok.js': 'export const one = 1;\n' }, true);
  const work = await Repository.at(path);
  const hooks = await Repository.at(await temporaryFolder());
  await hooks.git('init', '-q', '--initial-branch=main');
  await cp(join(ROOT, '.pre-commit-hooks.yaml'), join(hooks.path, '.pre-commit-hooks.yaml'));
  await hooks.commit('Hooks');
  const rev = await hooks.git('rev-parse', 'HEAD');
  // The page's own, with our repository and the fake judge in its places.
  const [given = ''] = await blocksOf('docs/ci.md', 'Before a push', 'yaml');
  const { repos } = parse(given);
  expect(repos[0]).toMatchObject({ repo: expect.stringContaining('/rlm-bridge'), rev: 'COMMIT' });
  Object.assign(repos[0], { repo: hooks.path, rev: rev.trim() });
  repos[0].hooks[0].args.push('--config', config);
  await writeFile(join(path, '.pre-commit-config.yaml'), stringify({ repos }));
  await work.commit('Run it', EVIL);

  const env = {
    PATH: [await folderWithRlm(), process.env.PATH].join(':'),
    PRE_COMMIT_HOME: join(outside, 'pre-commit'),
    RLM_CACHE_DIR: join(outside, 'kept'),
  };
  const run = (file: string, ...args: string[]) => execa(file, args, { cwd: path, env, reject: false, all: true });
  expect(await run(program, 'install', '--hook-type', 'pre-push')).toMatchObject({ exitCode: 0 });

  const refused = await run('git', 'push', '-q', 'origin', 'work:pushed');
  expect(refused).toMatchObject({ exitCode: 1, all: expect.stringMatching(/rlm assess.*Failed.*exit code: 1/s) });
  expect(refused.all).toContain('src/run.js:1');
  expect(refused.all).not.toMatch(/deprecat|\[WARNING\]/i);
  expect(await origin.git('branch', '--list', 'pushed')).toBe('');

  await work.commit('Mend', { 'src/run.js': 'export const run = JSON.parse;\n' });
  expect(await run('git', 'push', '-q', 'origin', 'work:pushed')).toMatchObject({ exitCode: 0 });
  expect(await origin.git('branch', '--list', 'pushed')).toContain('pushed');
  const byHand = await run(program, 'run', '--hook-stage', 'manual', 'rlm-assess');
  expect(byHand).toMatchObject({ exitCode: 0, all: expect.stringMatching(/rlm assess.*Passed/s) });
});
