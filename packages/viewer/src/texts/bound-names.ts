/** Longer code is looked at up to here. */
const MOST_CHARS = 100_000;

/** Names that Python code binds at its top level, in order, without those that begin with `_`. */
export function boundNames(code: string): string[] {
  const names = new Set<string>();
  for (const line of statementsOf(code.slice(0, MOST_CHARS))) for (const name of namesOf(line)) names.add(name);
  return [...names].filter((name) => !name.startsWith('_'));
}

const NAME = String.raw`[\p{L}_][\p{L}\p{N}_]*`;
const DEFINED = new RegExp(String.raw`^(?:async\s+)?(?:def|class)\s+(${NAME})`, 'u');
const IMPORTED = /^import\s+(.+)$/u;
const FROM = /^from\s+\S+\s+import\s+\(?([^)]+)\)?$/u;
const LOOP = /^(?:async\s+)?for\s+(.+?)\s+in\b/u;
const CAUGHT = new RegExp(String.raw`\bas\s+(${NAME}|\([^)]*\))`, 'gu');
const ANNOTATED = new RegExp(String.raw`^(${NAME})\s*:[^=]*=(?!=)`, 'u');
const WALRUS = new RegExp(String.raw`(${NAME})\s*:=`, 'gu');
const TARGETS = new RegExp(String.raw`^[\s(\[*]*${NAME}[\s)\]]*(?:,[\s(\[*]*${NAME}[\s)\]]*)*,?[\s)\]]*$`, 'u');
const WORD = new RegExp(NAME, 'gu');
const COMPOUND = /^(?:if|elif|else|while|for|with|try|except|finally|async|match|case)\b/u;
const WORDS_OF_PYTHON = new Set('False None True and in is lambda not or if else for await yield'.split(' '));

/** The names of one statement; strings in it are empty. */
function namesOf(line: string): string[] {
  const defined = DEFINED.exec(line);
  if (defined?.[1] !== undefined) return [defined[1]];
  const imported = IMPORTED.exec(line)?.[1] ?? FROM.exec(line)?.[1];
  if (imported !== undefined) return imported.split(',').map(nameOfImport);
  const walrus = [...line.matchAll(WALRUS)].map(([, name = '']) => name);
  const loop = LOOP.exec(line)?.[1];
  if (loop !== undefined) return [...wordsOf(loop), ...walrus];
  if (/^(?:async\s+)?with\b/u.test(line))
    return [...[...line.matchAll(CAUGHT)].flatMap(([, as = '']) => wordsOf(as)), ...walrus];
  if (COMPOUND.test(line)) return walrus;
  const annotated = ANNOTATED.exec(line)?.[1];
  if (annotated !== undefined) return [annotated, ...walrus];
  return [...assigned(line), ...walrus];
}

function nameOfImport(part: string): string {
  const [path = '', as] = part.trim().split(/\s+as\s+/);
  return as ?? path.split('.')[0] ?? '';
}

/** Targets of `a = b = …`, of `a, b = …` and of `a += …`. */
function assigned(line: string): string[] {
  const parts = line.split(/(?<![=!<>:+\-*/%@&|^])=(?!=)|(?:\*\*|\/\/|>>|<<|[+\-*/%@&|^])=(?!=)/u).slice(0, -1);
  const names: string[] = [];
  for (const part of parts) {
    if (!TARGETS.test(part)) break;
    names.push(...wordsOf(part));
  }
  return names;
}

function wordsOf(text: string): string[] {
  return (text.match(WORD) ?? []).filter((word) => !WORDS_OF_PYTHON.has(word));
}

const OPENING = '([{';
const CLOSING = ')]}';

/** The statements of a block that are not in a function or a class, each on one line, without comments and texts. */
function* statementsOf(code: string): Generator<string> {
  let hidden: number | null = null;
  for (const { indent, text } of logicalLines(code)) {
    if (hidden !== null && indent > hidden) continue;
    hidden = null;
    for (const statement of text.split(';')) if (statement.trim() !== '') yield* withBody(statement.trim());
    if (DEFINED.test(text)) hidden = indent;
  }
}

/** `if x: y = 1` has two. */
function* withBody(statement: string): Generator<string> {
  yield statement;
  const body = COMPOUND.test(statement) ? /:\s*(\S.*)$/u.exec(statement)?.[1] : undefined;
  if (body !== undefined) yield body;
}

function* logicalLines(code: string): Generator<{ indent: number; text: string }> {
  let depth = 0;
  let text = '';
  const plain = withoutTexts(code);
  for (const line of plain.split('\n')) {
    text += `${text === '' ? '' : ' '}${line}`;
    for (const char of line) depth += OPENING.includes(char) ? 1 : CLOSING.includes(char) ? -1 : 0;
    if (depth > 0) continue;
    if (line.endsWith('\\')) {
      text = text.slice(0, -1);
      continue;
    }
    depth = 0;
    if (text.trim() !== '') yield { indent: text.length - text.trimStart().length, text: text.trim() };
    text = '';
  }
  if (text.trim() !== '') yield { indent: text.length - text.trimStart().length, text: text.trim() };
}

/** Python's comments and string literals; a literal that is not closed goes to its line's end. */
const LITERAL =
  /#[^\n]*|(?:\b[a-zA-Z]{1,2})?(?:"""(?:[^\\]|\\[\s\S])*?(?:"""|$)|'''(?:[^\\]|\\[\s\S])*?(?:'''|$)|"(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[\s\S])*'?)/g;

function withoutTexts(code: string): string {
  return code.replace(LITERAL, (literal) => (literal.startsWith('#') ? '' : "''"));
}
