/** A piece of Python: its kind paints it. */
export interface Token {
  kind: 'plain' | 'key' | 'string' | 'number' | 'comment' | 'call';
  text: string;
}

const KEYWORDS = new Set(
  'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return try while with yield case'.split(
    ' ',
  ),
);

// Comments, strings (of three quotes, which may not end; of one, up to the end of the line), numbers, and names with what follows.
const TOKEN =
  /(?<comment>#[^\n]*)|(?<string>(?:\b[rbfut]{1,2})?(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[\s\S]|[^'\\\n])*'?))|(?<number>\b(?:0[xob][\da-f_]+|\d[\d_]*(?:\.[\d_]*)?(?:e[+-]?\d+)?j?)\b)|(?<name>[\p{L}_][\p{L}\p{N}_]*)(?<opens>\s*\()?/giu;

/** Python in pieces, to be painted. Joined, they are the code. */
export function tokensOf(code: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const match of code.matchAll(TOKEN)) {
    const { comment, string, number, name, opens = '' } = match.groups ?? {};
    const kind = comment
      ? 'comment'
      : string
        ? 'string'
        : number
          ? 'number'
          : name && KEYWORDS.has(name)
            ? 'key'
            : opens
              ? 'call'
              : 'plain';
    if (kind === 'plain') continue;
    if (match.index > end) tokens.push({ kind: 'plain', text: code.slice(end, match.index) });
    const text = match[0].slice(0, match[0].length - opens.length);
    tokens.push({ kind, text });
    end = match.index + text.length;
  }
  if (end < code.length) tokens.push({ kind: 'plain', text: code.slice(end) });
  return tokens;
}
