import { expect, test } from 'vitest';
import { calibrate, plantFaults } from '../../src/index.ts';
import { finds, judgeOptions, provider, scriptedJudge, together } from '../support/judge.ts';
import { projectSources } from '../support/project-sources.ts';

// A judge that knows secrets and injections by sight, on faults planted into this repository's own files.

const SECRET = /AKIA[A-Z2-7]{16}|sk_live_|ghp_\w{36}|postgres:\/\/service:/;
const INJECTION = /(?:name = '" \+ wanted|backup\.tgz ' \+ folder|name = '%s'" % wanted|backup\.tgz " \+ folder)/;
const added = { severity: 'critical', category: 'security' } as const;

test('planted faults are found as labelled, and nothing is said of the clean changes', async () => {
  const repository = await projectSources();
  const planted = await plantFaults({
    cwd: repository.path,
    kinds: ['secret', 'injection', 'dead-code'],
    each: 2,
    seed: 5,
  });
  expect([planted.plants.length, planted.labels.length, planted.short]).toEqual([6, 18, []]);
  const review = together(
    finds(SECRET, { ...added, rule: 'hard-coded-key' }),
    finds(INJECTION, { ...added, rule: 'no-injection' }),
  );
  const fake = await provider(scriptedJudge({ review }));
  const result = await calibrate(planted.labels, { cwd: planted.repository, cache: false, judge: judgeOptions(fake) });
  expect(result.labels).toMatchObject({ works: 12, defects: 6, unjudged: [] });
  expect(result.rules.map(({ rule, recall }) => [rule, recall.hits, recall.of])).toEqual([
    ['dead-code', 0, 2],
    ['no-injection', 2, 2],
    ['no-secrets', 2, 2],
  ]);
  expect(result.overall.precision).toMatchObject({ hits: 4, of: 4 });
  expect([result.falseFindings, result.unlabelled]).toEqual([[], []]);
  await planted.remove();
});
