/** Functions and variables of the REPL itself. The first eight are the official library's; a test compares. */
const OF_THE_REPL = [
  'SHOW_VARS',
  'answer',
  'context',
  'history',
  'llm_query',
  'llm_query_batched',
  'rlm_query',
  'rlm_query_batched',
  'json',
];

const KEYWORDS =
  'False None True and as assert async await break class continue def del elif else except finally for from global if ' +
  'import in is lambda nonlocal not or pass raise return try while with yield';

/** Code of models counts on them. */
const BUILTINS =
  'abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex copyright ' +
  'credits delattr dict dir divmod enumerate eval exec exit filter float format frozenset getattr globals hasattr hash ' +
  'help hex id input int isinstance issubclass iter len license list locals map max memoryview min next object oct open ' +
  'ord pow print property quit range repr reversed round set setattr slice sorted staticmethod str sum super tuple type ' +
  'vars zip';

const TAKEN = new Map([
  ...BUILTINS.split(' ').map((name) => [name, 'a builtin of Python'] as const),
  ...KEYWORDS.split(' ').map((name) => [name, 'a keyword of Python'] as const),
  ...OF_THE_REPL.map((name) => [name, "the REPL's own"] as const),
]);

const MAX_NAME_CHARS = 64;

/** Why a tool cannot have this name, in words that finish the sentence "<name> …"; undefined: it can. */
export function issueOfToolName(name: string): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name) || name.length > MAX_NAME_CHARS) {
    return `must be a Python name of ASCII letters, digits and _, starting with a letter, of at most ${MAX_NAME_CHARS} characters`;
  }
  const taken = /^(context|history)_\d+$/.test(name) ? "the REPL's own" : TAKEN.get(name);
  return taken === undefined ? undefined : `is ${taken}: choose another name`;
}
