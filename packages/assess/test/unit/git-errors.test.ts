import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { Git } from '../../src/evidence/git.ts';
import { evidenceOf } from '../support/evidence.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';

afterEach(() => vi.unstubAllEnvs());

async function work(): Promise<Repository> {
  const repository = await Repository.create();
  await repository.branch('work', { 'a.txt': 'work\n' });
  return repository;
}

/** A checkout that belongs to another user, as the one that a container gets. */
function belongsToAnother(): void {
  vi.stubEnv('GIT_TEST_ASSUME_DIFFERENT_OWNER', '1');
}

test.each(['branch', 'worktree'])(
  'dubious ownership is named with the safe.directory line to run: %s',
  async (source) => {
    const { path } = await work();
    belongsToAnother();
    const spec = source === 'branch' ? { branch: 'work', repository: path } : { worktree: path };
    await expect(evidenceOf({ ...spec, base: 'main' })).rejects.toMatchObject({
      code: 'evidence_unreadable',
      message: expect.stringContaining(`git config --global --add safe.directory '${path}'`),
    });
    await expect(evidenceOf('work', { cwd: path })).rejects.toMatchObject({ code: 'evidence_unreadable' });
  },
);

test("the caller's GIT_CONFIG_COUNT entries survive: safe.directory among them", async () => {
  const { path } = await work();
  belongsToAnother();
  vi.stubEnv('GIT_CONFIG_COUNT', '2');
  const entries = { KEY_0: 'safe.directory', VALUE_0: path, KEY_1: 'core.fsmonitor', VALUE_1: '/bin/false' };
  for (const [name, value] of Object.entries(entries)) vi.stubEnv(`GIT_CONFIG_${name}`, value);
  const evidence = await evidenceOf({ worktree: path, base: 'main', uncommitted: true });
  expect(evidence.nothingToJudge).toBe('nothing changed');
  const { documents } = await evidenceOf({ branch: 'work', repository: path, base: 'main' });
  expect(documents[0]?.name).toBe('a.txt');
});

test('a partial clone is told what to fetch, and that is what helps', async () => {
  const repository = await work();
  await repository.git('config', 'uploadpack.allowFilter', 'true');
  const path = join(await temporaryFolder(), 'clone');
  await repository.git('clone', '-q', '--no-checkout', '--filter=blob:none', `file://${repository.path}`, path);
  const spec = { branch: 'origin/work', repository: path, base: 'origin/main' };
  await expect(evidenceOf(spec)).rejects.toMatchObject({
    code: 'evidence_unreadable',
    message: expect.stringContaining('partial clone, and content that is to be judged was not fetched'),
  });
  await (await Repository.at(path)).git('fetch', '-q', '--refetch', '--no-filter');
  expect((await evidenceOf(spec)).documents[0]?.name).toBe('a.txt');
});

test.each([
  ['a folder that is not there', async () => join(await temporaryFolder(), 'none'), process.env.PATH],
  ['a PATH without git', temporaryFolder, '/none'],
])('%s: git that could not be started says what to look at', async (_, folder, PATH) => {
  vi.stubEnv('PATH', PATH);
  await expect(new Git(await folder()).run(['status'])).rejects.toMatchObject({
    code: 'evidence_unreadable',
    message: expect.stringMatching(/^git status failed in .*: git is not on PATH, or there is no such folder\.$/),
  });
});
