import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  type AssessmentResult,
  exitCodeOf,
  toGitLab,
  toJUnit,
  toMarkdown,
  toSarif,
  type WorkerSpec,
} from '../../src/index.ts';
import {
  assess,
  finds,
  provider,
  type Review,
  type SeenDocument,
  scriptedJudge,
  type TestEnvironment,
  together,
} from '../support/judge.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';

/** The repository that this file is in. */
const PROJECT = fileURLToPath(new URL('../../../../', import.meta.url));

const CRITERIA = 'slugify turns a title into a slug.\nslugify has a test.\n';
const HELPER = 'export function slugify(title: string): string {\n  return title.toLowerCase();\n}\n';
const TEST = "test('slugify', () => expect(slugify('A')).toBe('a'));\n";

/** Branches off the project's own history: what each adds, and the defect that is planted in it. */
const BRANCHES: Record<string, { files: Record<string, string>; defect: string | null }> = {
  clean: { files: { 'src/slug.ts': HELPER, 'test/slug.test.ts': TEST }, defect: null },
  secret: {
    files: { 'src/slug.ts': HELPER, 'test/slug.test.ts': TEST, 'src/key.ts': 'const key = "AKIAIOSFODNN7EXAMPLE";\n' },
    defect: 'hard-coded-key',
  },
  injection: {
    files: {
      'src/slug.ts': HELPER,
      'test/slug.test.ts': TEST,
      'src/db.ts': 'db.query("select * from t where id=" + id);\n',
    },
    defect: 'sql-injection',
  },
  untested: { files: { 'src/slug.ts': HELPER }, defect: 'missing-test' },
  copied: {
    files: { 'src/a.ts': HELPER, 'src/b.ts': HELPER, 'src/c.ts': HELPER, 'test/slug.test.ts': TEST },
    defect: 'no-duplicated-code',
  },
  stray: {
    files: { 'src/slug.ts': HELPER, 'test/slug.test.ts': TEST, 'notes/shopping.txt': 'milk and bread, unrelated\n' },
    defect: 'unrelated-file',
  },
};

/** What a sub-model can tell from one document. */
const perDocument: Review = together(
  finds(/AKIA/, { severity: 'critical', category: 'security', rule: 'hard-coded-key' }),
  finds(/query\(.*" \+/, { severity: 'critical', category: 'security', rule: 'sql-injection' }),
  finds(/unrelated/, { severity: 'high', category: 'git', rule: 'unrelated-file' }),
);

/** What only the whole set shows; played by the reviews of the documents that show it. */
function acrossDocuments(names: Set<string>): Review {
  const isTest = (name: string) => name.startsWith('test/');
  return (document: SeenDocument) => {
    const missing = document.kind === 'criteria' && ![...names].some(isTest);
    const asked = missing
      ? finds(/has a test/, { category: 'completeness', rule: 'missing-test' }, 'criteria')
      : () => [];
    const copied = [...names].filter((name) => /^src\/[abc]\.ts$/.test(name)).length > 1;
    const helper = copied ? finds(/function slugify/, { rule: 'no-duplicated-code' }) : () => [];
    return [...asked(document), ...helper(document)];
  };
}

export function describeWorktrees(environment: TestEnvironment): void {
  describe(`branches of the project's own history, in ${environment}`, () => {
    test('the gate fails on each planted defect and passes on the clean branch', async () => {
      const repository = await clone();
      const ids = Object.keys(BRANCHES);
      for (const id of ids) await repository.branch(id, BRANCHES[id]?.files ?? {});
      const seen: Record<string, AssessmentResult['workers'][number]> = {};
      for (const id of ids) {
        const names = new Set(Object.keys(BRANCHES[id]?.files ?? {}));
        const fake = await provider(scriptedJudge({ review: together(perDocument, acrossDocuments(names)) }));
        const spec: WorkerSpec = { id, branch: id, base: 'main', criteria: CRITERIA };
        const result = await assess(fake, [spec], { cwd: repository.path, presets: ['dry'], environment });
        const { defect = null } = BRANCHES[id] ?? {};
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
}

/** The project at its current commit, in a folder of the test's. */
async function clone(): Promise<Repository> {
  const folder = await Repository.at(await temporaryFolder());
  await folder.git('clone', '-q', PROJECT, 'project');
  const repository = await Repository.at(`${folder.path}/project`);
  await repository.git('checkout', '-q', '-B', 'main');
  return repository;
}

function expectReports(result: AssessmentResult, defect: string | null): void {
  const sarif = JSON.parse(toSarif(result));
  expect(sarif.properties.verdict).toBe(result.verdict);
  const ids: string[] = sarif.runs[0].results.map(({ ruleId }: { ruleId: string }) => ruleId);
  if (defect !== null) expect(new Set(ids)).toEqual(new Set([defect]));
  expect(/failures="(\d+)"/.exec(toJUnit(result))?.[1] === '0').toBe(defect === null);
  expect(JSON.parse(toGitLab(result))).toHaveLength(defect === null ? 0 : ids.length + 1);
  expect(toMarkdown(result)).toContain(`**${result.verdict}**`);
}
