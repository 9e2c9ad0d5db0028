import { expect, test } from 'vitest';
import { inEachEnvironment } from '../../../rlm/test/e2e/support/environment.ts';
import {
  type AssessmentResult,
  exitCodeOf,
  toGitLab,
  toJUnit,
  toMarkdown,
  toSarif,
  type WorkerSpec,
} from '../../src/index.ts';
import { assess, provider } from '../support/judge.ts';
import { BRANCHES, CRITERIA, judgeOf, projectWithBranches } from '../support/planted-branches.ts';

inEachEnvironment((environment) => {
  test('of branches of the project’s own history the gate fails on each planted defect and passes on the clean branch', async () => {
    const repository = await projectWithBranches();
    const seen: Record<string, AssessmentResult['workers'][number]> = {};
    for (const [id, { defect }] of Object.entries(BRANCHES)) {
      const fake = await provider(judgeOf(id));
      const spec: WorkerSpec = { id, branch: id, base: 'main', criteria: CRITERIA };
      const result = await assess(fake, [spec], { cwd: repository.path, presets: ['dry'], environment });
      const [worker] = result.workers;
      if (worker === undefined) throw new Error('no worker');
      seen[id] = worker;
      expect({ id, verdict: result.verdict, exitCode: exitCodeOf(result), error: result.error }).toEqual({
        id,
        verdict: defect === null ? 'pass' : 'fail',
        exitCode: defect === null ? 0 : 1,
        error: undefined,
      });
      expect(worker.evidence.coverage).toBe(1);
      expectReports(result, defect);
    }
    expect(seen.untested?.findings).toMatchObject([{ file: 'evidence:criteria', startLine: 2, verified: true }]);
    expect(seen.copied?.findings.map(({ file }) => file)).toEqual(['src/a.ts', 'src/b.ts', 'src/c.ts']);
    expect(seen.clean?.findings).toEqual([]);
  });
});

function expectReports(result: AssessmentResult, defect: string | null): void {
  const sarif = JSON.parse(toSarif(result));
  expect(sarif.properties.verdict).toBe(result.verdict);
  const ids: string[] = sarif.runs[0].results.map(({ ruleId }: { ruleId: string }) => ruleId);
  if (defect !== null) expect(new Set(ids)).toEqual(new Set([defect]));
  expect(/failures="(\d+)"/.exec(toJUnit(result))?.[1] === '0').toBe(defect === null);
  expect(JSON.parse(toGitLab(result))).toHaveLength(defect === null ? 0 : ids.length + 1);
  expect(toMarkdown(result)).toContain(`**${result.verdict}**`);
}
