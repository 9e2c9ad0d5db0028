import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Script } from '@rlm-bridge/fake-provider';
import { finds, type Review, type SeenDocument, scriptedJudge, together } from './judge.ts';
import { Repository } from './repository.ts';

// Branches off the project's own history, a defect planted in each but one, and a judge that sees the defects.

/** The repository that this file is in. */
const PROJECT = fileURLToPath(new URL('../../../../', import.meta.url));

/** What every branch is to do. */
export const CRITERIA = 'slugify turns a title into a slug.\nslugify has a test.\n';
const HELPER = 'export function slugify(title: string): string {\n  return title.toLowerCase();\n}\n';
const TEST = "test('slugify', () => expect(slugify('A')).toBe('a'));\n";

/** Branches off the project's own history: what each adds, and the defect that is planted in it. */
export const BRANCHES: Record<string, { files: Record<string, string>; defect: string | null }> = {
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

/** The judge of one branch, by rules over what it really got. */
export function judgeOf(id: string): Script {
  const names = new Set(Object.keys(BRANCHES[id]?.files ?? {}));
  return scriptedJudge({ review: together(perDocument, acrossDocuments(names)) });
}

let made: Promise<Repository> | undefined;

/** The project at its current commit as main, and every branch: one for the tests of a file, which only read it. */
export function projectWithBranches(): Promise<Repository> {
  made ??= cloneWithBranches();
  return made;
}

async function cloneWithBranches(): Promise<Repository> {
  const folder = await Repository.at(await mkdtemp(join(tmpdir(), 'rlm-assess-')));
  // Branches are judged: nothing is checked out.
  await folder.git('clone', '-q', '--no-checkout', PROJECT, 'project');
  const repository = await Repository.at(`${folder.path}/project`);
  await repository.git('read-tree', 'HEAD');
  await repository.begin('main');
  for (const [id, { files }] of Object.entries(BRANCHES)) await repository.branch(id, files);
  return repository;
}
