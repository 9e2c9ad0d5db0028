import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { snippetsOf } from '../../../rlm/test/e2e/support/snippets.ts';
import { finds, provider, scriptedJudge } from '../support/judge.ts';
import { temporaryFolder } from '../support/repository.ts';

// Every snippet of docs/assess.md does what the text around it says.

const HOME = fileURLToPath(new URL('../../', import.meta.url));
const page = snippetsOf(
  'docs/assess.md',
  { 'db.ts': 'db.query("select * from t where id = ?", id);\n' },
  { home: HOME },
);

test('the snippets that are run here are all there are', () => {
  expect(page().names).toEqual(['Example 1']);
});

test('Example: the verdict first, then the worker with its scores', async () => {
  const fake = await provider(scriptedJudge({ review: finds(/" \+/, { severity: 'critical' }) }));
  const printed = await page().run('Example 1', {
    ANTHROPIC_API_KEY: 'a-key',
    ANTHROPIC_BASE_URL: fake.url,
    XDG_CACHE_HOME: await temporaryFolder(),
  });
  const lines = printed.split('\n');
  expect(lines[0]).toBe('rlm assess: PASS: 1 of 1 pass');
  expect(lines).toContain('auth: PASS, score 80 (no findings)');
  expect(lines).toContainEqual(expect.stringMatching(/^ {2}evidence: 1 files?, \d+ characters, 100\.0 % read$/));
});
