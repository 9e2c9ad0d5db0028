import type { Git } from './git.ts';

/** The ids that git would give to files of the work tree, line ends and encoding converted as its attributes say. */
export async function convertedIds(git: Git, paths: readonly Buffer[]): Promise<(string | null)[]> {
  const output = await git.ask(['hash-object', '--stdin-paths'], paths.map(quoted).join(''));
  // One that cannot be converted ends the command: then none is taken for what the index has.
  const ids = output === null ? [] : output.split('\n');
  return paths.map((_, at) => ids[at] ?? null);
}

/** The names of the filters that the attributes give to files; null: none. */
export async function filtersOf(git: Git, paths: readonly Buffer[]): Promise<(string | null)[]> {
  const input = Buffer.concat(paths.flatMap((path) => [path, Buffer.of(0)]));
  // Three fields for each: path, attribute, value.
  const fields = (await git.fields(['check-attr', '-z', '--stdin', 'filter'], input)).map(String);
  return paths.map((_, at) => {
    const value = fields[at * 3 + 2] ?? 'unspecified';
    return ['unspecified', 'unset', 'set', ''].includes(value) ? null : value;
  });
}

/** As git reads a name that holds anything: in quotes, each byte in octal. */
function quoted(path: Buffer): string {
  const bytes = [...path].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`);
  return `"${bytes.join('')}"\n`;
}
