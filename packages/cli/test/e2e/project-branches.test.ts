import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { provider } from '../../../assess/test/support/judge.ts';
import { BRANCHES, CRITERIA, judgeOf, projectWithBranches } from '../../../assess/test/support/planted-branches.ts';
import { VERDICT_IN } from '../../../assess/test/support/report-verdicts.ts';
import { temporaryFolder } from '../../../assess/test/support/repository.ts';
import { configFor, rlm } from './support/rlm.ts';

// The command on branches of the project's own history, one clean and one with each kind of defect: in a file, and in what is
// not there. What is found in all of them is tested with assessWorkers (worktrees.environments.test.ts).

const FORMATS = Object.entries(VERDICT_IN);

/** `rlm assess` of branches under a configuration, with every report written outside of the repository. */
async function assessBranches(branches: string[], config: Record<string, unknown>) {
  const { path: cwd } = await projectWithBranches();
  const outside = await temporaryFolder();
  const files = { config: join(outside, 'config.json'), criteria: join(outside, 'criteria.txt') };
  await writeFile(files.config, JSON.stringify({ ...config, assess: { cache: false } }));
  await writeFile(files.criteria, CRITERIA);
  const reports = FORMATS.flatMap(([format]) => ['--report', `${format}=${join(outside, `rlm.${format}`)}`]);
  const flags = ['--config', files.config, '--base', 'main', '--criteria', files.criteria, '--preset', 'dry'];
  const { exitCode, stdout, stderr } = await rlm(['assess', ...branches, ...flags, '--json', ...reports], { cwd });
  const read = FORMATS.map(async ([format, verdictIn]) => {
    return [format, verdictIn(await readFile(join(outside, `rlm.${format}`), 'utf8'))];
  });
  return { exitCode, stderr, result: JSON.parse(stdout), verdicts: Object.fromEntries(await Promise.all(read)) };
}

function everyReport(verdict: string): Record<string, string> {
  return Object.fromEntries(FORMATS.map(([format]) => [format, verdict]));
}

test.each(['clean', 'secret', 'untested'])('rlm assess %s: the exit code and six reports are right', async (id) => {
  const defect = BRANCHES[id]?.defect ?? null;
  const fake = await provider(judgeOf(id));
  const { exitCode, stderr, result, verdicts } = await assessBranches([id], JSON.parse(configFor(fake)));
  const verdict = defect === null ? 'pass' : 'fail';
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: defect === null ? 0 : 1,
    stderr: expect.stringMatching(new RegExp(`^rlm assess: ${verdict.toUpperCase()}:`)),
  });
  expect(verdicts).toEqual(everyReport(verdict));
  const rules: string[] = result.workers[0].findings.map(({ rule }: { rule: string }) => rule);
  expect([...new Set(rules)]).toEqual(defect === null ? [] : [defect]);
  expect(result.workers[0].evidence.coverage).toBe(1);
});

test('offline, clean and with a defect: refused at once, in every report, for it is no language model', async () => {
  const config = { run: { backend: 'offline', environment: 'local', logDir: false } };
  const { exitCode, stderr, result, verdicts } = await assessBranches(['clean', 'secret'], config);
  expect({ exitCode, verdict: result.verdict }).toEqual({ exitCode: 3, verdict: 'inconclusive' });
  expect(stderr).toMatch(/^rlm assess: INCONCLUSIVE:/);
  expect(verdicts).toEqual(everyReport('inconclusive'));
  const unjudged = {
    verdict: 'inconclusive',
    overallScore: null,
    findings: [],
    evidence: { files: expect.any(Number) },
  };
  expect(result.workers).toMatchObject([unjudged, unjudged]);
  expect(stderr).toContain('--backend offline is a program and no model');
  expect(result.rlmMetrics.iterations).toBe(0);
});
