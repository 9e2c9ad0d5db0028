import { type Project, SymbolFlags } from 'typescript/unstable/sync';

/** What an editor shows as an example of a function. */
export interface Example {
  name: string;
  code: string;
}

/** The `@example` of every export of a door that has one, as a module that imports what it uses of the door. */
export function publicExamples({ program, checker }: Project, door: string, specifier: string): Example[] {
  const file = program.getSourceFile(door);
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`There is no module ${door}`);
  const exported = checker.getExportsOfModule(module);
  const importsFor = (code: string) => exported.map(({ name }) => name).filter((name) => hasWord(code, name));
  return exported.flatMap((symbol) => {
    const declared = symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    const tags = declared.getJsDocTags(checker).filter(({ name }) => name === 'example');
    return tags.map(({ text = '' }) => {
      const [, code = ''] = /^```ts\n(.*?)\n```$/s.exec(text.trim()) ?? [];
      if (code === '') throw new Error(`The example of ${symbol.name} is no block of ts`);
      return { name: symbol.name, code: `import { ${importsFor(code).join(', ')} } from '${specifier}';\n${code}\n` };
    });
  });
}

const hasWord = (code: string, word: string) => new RegExp(`(?<![\\w.'])${word}\\b`).test(code);
