import { type Extent, indentedEnd, isBalanced, type Language } from './source-functions.ts';

/** Whether a file holds tests, by its path. */
export function isTestFile(path: string): boolean {
  return /(?:^|\/)(?:tests?|__tests__|spec)\/|\.(?:test|spec)\.\w+$|(?:^|\/)test_\w+\.py$|_test\.py$/.test(path);
}

const IMPORTS = {
  script: /^import\b[^;'"]*from|^(?:const|let|var) \{[^}]*\} = require\(/gm,
  python: /^from [^\n]+ import (?:\([^)]*\)|[^\n]*)/gm,
} as const;

/** The names that a file imports. */
export function importedBy(text: string, language: Language): Set<string> {
  const statements = text.match(IMPORTS[language === 'python' ? 'python' : 'script']) ?? [];
  return new Set(statements.flatMap((statement) => statement.match(/\b[A-Za-z_]\w*\b/g) ?? []));
}

/** The tests of a file that speak of a name. One whose text cannot be told from what is around it is null for the whole. */
export function testsOf(lines: readonly string[], language: Language, name: string): Extent[] | null {
  const speaks = new RegExp(`\\b${name}\\b`);
  const found: Extent[] = [];
  for (const [at, line] of lines.entries()) {
    if (at <= (found.at(-1)?.last ?? -1)) continue;
    const extent = language === 'python' ? pythonTest(lines, at, line) : scriptTest(lines, at, line);
    if (extent === null) continue;
    const text = lines.slice(extent.first, extent.last + 1).join('\n');
    if (!speaks.test(text)) continue;
    if (!isBalanced(text)) return null;
    found.push(extent);
  }
  return found;
}

function scriptTest(lines: readonly string[], at: number, line: string): Extent | null {
  const indent = /^(\s*)(?:test|it)(?:\.\w+)*\(/.exec(line)?.[1];
  if (indent === undefined) return null;
  if (line.endsWith(');') && isBalanced(line)) return { first: at, last: at };
  const last = lines.findIndex(
    (one, place) => place > at && one.startsWith(indent) && /^\}?\)+;?$/.test(one.slice(indent.length)),
  );
  return last === -1 ? null : { first: at, last };
}

function pythonTest(lines: readonly string[], at: number, line: string): Extent | null {
  const indent = /^(\s*)(?:async )?def test_\w+\(/.exec(line)?.[1];
  if (indent === undefined) return null;
  let first = at;
  while (first > 0 && (lines[first - 1] ?? '').startsWith(`${indent}@`)) first -= 1;
  const last = indentedEnd(lines, at + 1, indent);
  return last > at && /\)(?: -> .*)?:$/.test(line) ? { first, last } : null;
}
