import { type Extent, functionsOf, type Language, languageOf, type SourceFunction } from './source-functions.ts';
import { importedBy, isTestFile, testsOf } from './test-blocks.ts';

/** Lines of a function that a change is made of. */
const FEWEST_LINES = 4;
const MOST_LINES = 80;
/** Fewer signs, or fewer words, and a name is found in tests of something else. */
const FEWEST_NAME_CHARS = 5;

/** A file of a repository, by its lines; the last one is `''` where the text ends with a line's end. */
export interface SourceFile {
  path: string;
  language: Language;
  lines: readonly string[];
}

/** A function of a repository, and its tests: what a change may be made of. */
export interface Candidate {
  file: SourceFile;
  fn: SourceFunction;
  /** Where it is tested; never empty. */
  tests: { file: SourceFile; extents: readonly Extent[] }[];
}

/** Files that faults can be planted in. */
export function sourceFile(path: string, text: string): SourceFile | null {
  const language = languageOf(path);
  return language === null || text.includes('\r') ? null : { path, language, lines: text.split('\n') };
}

/** Functions that stand once in the sources, and have tests that import and call them. */
export function candidatesOf(files: readonly SourceFile[]): Candidate[] {
  const tests = testsByImport(files.filter(({ path }) => isTestFile(path)));
  const all = files
    .filter(({ path }) => !isTestFile(path))
    .flatMap((file) => functionsOf(file.lines, file.language).map((fn) => ({ file, fn })));
  const byName = Map.groupBy(all, ({ fn }) => fn.name);
  return all.flatMap(({ file, fn }) => {
    const length = fn.last - fn.head + 1;
    const isFit = length >= FEWEST_LINES && length <= MOST_LINES && fn.name.length >= FEWEST_NAME_CHARS;
    if (!isFit || byName.get(fn.name)?.length !== 1) return [];
    const found = testedIn(tests.get(fn.name) ?? [], file.language, fn.name);
    return found === null || found.length === 0 ? [] : [{ file, fn, tests: found }];
  });
}

/** Test files by the names that they import. */
function testsByImport(tests: readonly SourceFile[]): Map<string, SourceFile[]> {
  const byName = new Map<string, SourceFile[]>();
  for (const file of tests) {
    for (const name of importedBy(file.lines.join('\n'), file.language)) {
      byName.set(name, [...(byName.get(name) ?? []), file]);
    }
  }
  return byName;
}

/** Null: a test speaks of it whose text cannot be told from what is around it. */
function testedIn(tests: readonly SourceFile[], language: Language, name: string): Candidate['tests'] | null {
  const isPython = language === 'python';
  const found: Candidate['tests'] = [];
  for (const file of tests) {
    if ((file.language === 'python') !== isPython) continue;
    const extents = testsOf(file.lines, file.language, name);
    if (extents === null) return null;
    if (extents.length > 0) found.push({ file, extents });
  }
  return found;
}
