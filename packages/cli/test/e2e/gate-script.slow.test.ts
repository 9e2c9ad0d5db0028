import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../assess/test/support/repository.ts';
import { bridge } from './support/bridge.ts';
import { blocksOf, checkout, EVIL } from './support/recipes.ts';
import { folderWithRlm } from './support/relayed-rlm.ts';

// The commands of "Any other CI", run as a user runs them; the installer is tried in hostile-doors.slow.test.ts.

test('the commands for any other CI judge, keep judgements, and say how the work stands against before', async () => {
  const [recipe = ''] = await blocksOf('docs/ci.md', 'Any other CI', 'sh');
  const { path, outside, config } = await checkout(EVIL, true);
  const { path: repository, commit } = await bridge(
    `mkdir -p "$1/bin" && ln -s '${await folderWithRlm()}/rlm' "$1/bin/rlm"\n`,
  );
  const env = {
    RLM_ARGS: `--config ${config}`,
    XDG_CACHE_HOME: join(outside, 'cache'),
    RLM_HTML: '',
    RLM_JSON: join(outside, 'now.json'),
  };
  const run = async (more: Record<string, string> = {}) => {
    const folder = await temporaryFolder();
    const filled = recipe
      .replaceAll('https://github.com/OWNER/rlm-bridge.git', repository)
      .replaceAll('COMMIT', commit)
      .replaceAll('/opt/', `${folder}/`)
      .replaceAll('/path/of/the/checkout', path);
    return await execa('sh', ['-e', '-c', filled], { env: { ...env, ...more }, reject: false, all: true });
  };
  // A file that is not there yet is no error.
  const before = join(outside, 'before.json');
  const first = await run({ RLM_TREND: before, RLM_PREVIOUS: before });
  expect(first).toMatchObject({ exitCode: 1, all: expect.stringContaining('rlm assess: FAIL') });
  expect(first.all).not.toContain('Against the base branch');
  expect(await readFile(join(path, 'rlm-junit.xml'), 'utf8')).toContain('src/run.js');
  await writeFile(before, await readFile(join(outside, 'now.json')));
  const second = await run({ RLM_TREND: before, RLM_PREVIOUS: before });
  expect(second).toMatchObject({
    exitCode: 1,
    all: expect.stringContaining('Against the base branch: FAIL as before'),
  });
  expect(JSON.parse(await readFile(join(outside, 'now.json'), 'utf8'))).toMatchObject({
    workers: [{ findings: [{ since: 'still_there' }] }],
    rlmMetrics: { cachedWorkers: 1, usage: { calls: 0 } },
  });
  const nowhere = await execa('bash', [join(repository, 'gate/rlm-assess.sh')], {
    cwd: outside,
    env,
    reject: false,
  });
  expect(nowhere).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('no checkout of git') });
});
