/** Languages that faults are planted in. */
export type Language = 'typescript' | 'javascript' | 'python';

/** Lines of a text, by their indexes. */
export interface Extent {
  first: number;
  last: number;
}

/** A function at the top of a file, as far as its text tells. */
export interface SourceFunction extends Extent {
  name: string;
  /** The line that it begins with, below comments and decorators; the last line of its head; the first one of its body. */
  head: number;
  body: number;
  /** Names of its parameters that are plain names. */
  parameters: string[];
}

const LANGUAGES: Readonly<Record<string, Language>> = {
  ts: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  py: 'python',
};

/** Null: none that faults are planted in. */
export function languageOf(path: string): Language | null {
  if (/\.d\.[cm]?ts$|\.min\.js$/.test(path)) return null;
  return LANGUAGES[/\.(\w+)$/.exec(path)?.[1] ?? ''] ?? null;
}

const HEADS: Readonly<Record<Language, RegExp>> = {
  typescript: /^(?:export )?(?:async )?function (\w+)[(<]/,
  javascript: /^(?:export )?(?:async )?function (\w+)\(/,
  python: /^(?:async )?def (\w+)\(/,
};
const BEFORE: Readonly<Record<Language, RegExp>> = {
  typescript: /^(?:\/\/|\/\*\*| \*)/,
  javascript: /^(?:\/\/|\/\*\*| \*)/,
  python: /^[@#]/,
};

/** The functions at the top of a file. One whose text cannot be told from what is around it is left out. */
export function functionsOf(lines: readonly string[], language: Language): SourceFunction[] {
  return lines.flatMap((line, head) => {
    const name = HEADS[language].exec(line)?.[1];
    const end = name === undefined ? null : headEnd(lines, head, language);
    if (name === undefined || end === null) return [];
    const last = language === 'python' ? indentedEnd(lines, end + 1, '') : lines.indexOf('}', end);
    const extent = lines.slice(head, last + 1);
    if (last <= end || !isBalanced(extent.join('\n'))) return [];
    let first = head;
    while (first > 0 && BEFORE[language].test(lines[first - 1] ?? '')) first -= 1;
    return [{ name, first, head, body: end + 1, last, parameters: parametersOf(lines.slice(head, end + 1).join(' ')) }];
  });
}

/** The last line of a head: the brackets are closed there, and the body begins. Null: it is a head of another form. */
function headEnd(lines: readonly string[], head: number, language: Language): number | null {
  const opens = language === 'python' ? ':' : '{';
  let depth = 0;
  for (let at = head; at < Math.min(lines.length, head + 20); at++) {
    const line = lines[at] ?? '';
    depth += countOf(line, /[([]/g) - countOf(line, /[)\]]/g);
    if (depth === 0) return line.endsWith(opens) ? at : null;
  }
  return null;
}

/** The last line of what is indented deeper than `indent`, from a line on. */
export function indentedEnd(lines: readonly string[], from: number, indent: string): number {
  let last = from - 1;
  for (let at = from; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line.trim() === '') continue;
    if (!line.startsWith(`${indent} `) && !line.startsWith(`${indent}\t`)) break;
    last = at;
  }
  return last;
}

/** Whether brackets and quotes of several lines are as many as a whole text has; those in strings count, too. */
export function isBalanced(text: string): boolean {
  const pairs = [
    [/\(/g, /\)/g],
    [/\[/g, /\]/g],
    [/\{/g, /\}/g],
  ] as const;
  const isEven = (pattern: RegExp) => countOf(text, pattern) % 2 === 0;
  return (
    pairs.every(([a, b]) => countOf(text, a) === countOf(text, b)) && isEven(/`/g) && isEven(/"""/g) && isEven(/'''/g)
  );
}

function parametersOf(head: string): string[] {
  const inside = head.slice(head.indexOf('(') + 1);
  const names = [...inside.matchAll(/(?:^|,)\s*([A-Za-z_]\w*)\s*(?=[,:=)?])/g)].map(([, name = '']) => name);
  return names.filter((name) => name !== 'self' && name !== 'cls');
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
