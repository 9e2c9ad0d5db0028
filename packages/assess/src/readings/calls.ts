import type { EvidenceDocument, EvidenceLine } from '../evidence/document.ts';
import type { Pace } from '../evidence/pace.ts';

/** A function or class, and its lines: indexes in the document, ends included. */
export interface Definition {
  name: string;
  document: EvidenceDocument;
  first: number;
  last: number;
}

/** A definition and where other documents call it. */
export interface CalledDefinition {
  definition: Definition;
  /** By their documents, indexes of the lines that call it. */
  callers: ReadonlyMap<EvidenceDocument, readonly number[]>;
}

/** Most lines of a definition that are looked at. */
const MOST_LINES = 60;
/** A name that more documents define is nobody's. */
const MOST_DEFINITIONS = 2;

const NAME = '([A-Za-z_$][\\w$]{2,})';
const MODIFIERS =
  '(?:(?:export|default|declare|abstract|async|public|private|protected|static|final|override|internal|pub(?:\\([^)]*\\))?|unsafe|inline)\\s+)*';
const DEFINES: readonly RegExp[] = [
  new RegExp(`^\\s*${MODIFIERS}(?:function\\*?|class|def|fn|func)\\s+${NAME}`),
  // A Go method has its receiver before its name.
  new RegExp(`^func\\s+\\([^)]*\\)\\s+${NAME}`),
  new RegExp(
    `^\\s*${MODIFIERS}(?:const|let|var|val)\\s+${NAME}\\s*(?::[^=]+)?=\\s*(?:async\\s*)?(?:function\\b|\\(.*=>|\\w+\\s*=>)`,
  ),
];
/** A name before a parenthesis, or as an element. */
const CALLS = /([A-Za-z_$][\w$]{2,})(?=\s*(?:<[^<>()]*>)?\()|<([A-Z][\w$]{2,})/g;

/** What documents define and others call, by plain words: no language is parsed. */
export async function calledAcross(documents: readonly EvidenceDocument[], pace: Pace): Promise<CalledDefinition[]> {
  const definitions = new Map<string, Definition[]>();
  for (const document of documents) {
    for (const [index, line] of document.lines.entries()) {
      const name = nameDefined(line);
      if (name === null) continue;
      const one = { name, document, first: index, last: lastLine(document, index) };
      const all = definitions.get(name);
      if (all === undefined) definitions.set(name, [one]);
      else all.push(one);
    }
    await pace.step();
  }
  const calls = new Map<string, Map<EvidenceDocument, number[]>>();
  for (const document of documents) {
    for (const [index, { text, mark }] of document.lines.entries()) {
      if (mark === '-') continue;
      for (const [, called, element] of text.matchAll(CALLS)) {
        const name = called ?? element ?? '';
        if (definitions.has(name)) noteCall(calls, name, document, index);
      }
    }
    await pace.step();
  }
  return [...definitions].flatMap(([name, all]) => {
    const present = all.filter(({ document, first }) => document.lines[first]?.mark !== '-');
    const counted = present.length > 0 ? present : all;
    if (new Set(counted.map(({ document }) => document)).size > MOST_DEFINITIONS) return [];
    return counted.flatMap((definition) => {
      const callers = new Map(calls.get(name) ?? []);
      for (const { document } of counted) callers.delete(document);
      return callers.size === 0 ? [] : [{ definition, callers }];
    });
  });
}

function nameDefined({ text }: EvidenceLine): string | null {
  for (const pattern of DEFINES) {
    const name = pattern.exec(text)?.[1];
    if (name !== undefined) return name;
  }
  return null;
}

/** Up to the line that is indented no more, which a closing sign still belongs to. */
function lastLine({ lines }: EvidenceDocument, first: number): number {
  const indent = indentOf(lines[first]?.text ?? '');
  const most = Math.min(lines.length - 1, first + MOST_LINES - 1);
  let last = first;
  for (let at = first + 1; at <= most; at++) {
    const text = lines[at]?.text ?? '';
    if (text.trim() === '') continue;
    const isClosing = /^\s*[)\]}>]/.test(text);
    if (indentOf(text) < indent || (indentOf(text) === indent && !isClosing)) break;
    last = at;
  }
  return last;
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length;
}

function noteCall(
  calls: Map<string, Map<EvidenceDocument, number[]>>,
  name: string,
  document: EvidenceDocument,
  index: number,
): void {
  const ofName = calls.get(name) ?? new Map<EvidenceDocument, number[]>();
  const lines = ofName.get(document) ?? [];
  if (lines.at(-1) !== index) lines.push(index);
  ofName.set(document, lines);
  calls.set(name, ofName);
}
