import { readFile } from 'node:fs/promises';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { problemKindInfo } from '@arethetypeswrong/core/problems';
import type { Problem } from '@arethetypeswrong/core/types';

// Whether the types of tarballs are wrong for who imports them as modules: the rules of `attw --profile esm-only`, for all of them
// in one process, which loads TypeScript's compiler once.

const IGNORED: readonly string[] = ['node10', 'node16-cjs'];

for (const tarball of process.argv.slice(2)) {
  const result = await checkPackage(createPackageFromTarballData(await readFile(tarball)));
  const name = `${result.packageName} ${result.packageVersion}`;
  if (!result.types) {
    fail(`${name} has no types`);
    continue;
  }
  const problems = result.problems.filter(counts);
  for (const problem of problems) fail(`${name}: ${problemKindInfo[problem.kind].title}: ${JSON.stringify(problem)}`);
  if (problems.length === 0) console.log(`${name}: right at ${Object.keys(result.entrypoints).join(', ')}`);
}

function counts(problem: Problem): boolean {
  return !('resolutionKind' in problem) || !IGNORED.includes(problem.resolutionKind);
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}
