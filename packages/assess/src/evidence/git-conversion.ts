import type { Git } from './git.ts';

/** What git makes of a file before it keeps it, by its attributes. */
export interface Conversion {
  /** The name of a filter, a program; null: none. */
  filter: string | null;
  /** Whether git may keep something else than the bytes of the file. */
  mayConvert: boolean;
}

const CONVERTING = ['filter', 'text', 'crlf', 'eol', 'ident', 'working-tree-encoding'];
const NO = ['unspecified', 'unset'];

/** What the attributes of files say, in the order of the files. */
export async function conversionsOf(git: Git, paths: readonly Buffer[]): Promise<Conversion[]> {
  const input = Buffer.concat(paths.flatMap((path) => [path, Buffer.of(0)]));
  // Three fields for each attribute of each file: path, attribute, value.
  const fields = (await git.fields(['check-attr', '-z', '--stdin', ...CONVERTING], input)).map(String);
  return paths.map((_, at) => {
    const values = CONVERTING.map((_, nth) => fields[(at * CONVERTING.length + nth) * 3 + 2] ?? 'unspecified');
    const [filter = ''] = values;
    const isNone = [...NO, 'set', ''].includes(filter);
    return { filter: isNone ? null : filter, mayConvert: values.some((value) => !NO.includes(value)) };
  });
}

/** The ids that git would give to files of the work tree, line ends and encoding converted as its attributes say. */
export async function convertedIds(git: Git, paths: readonly Buffer[]): Promise<(string | null)[]> {
  if (paths.length === 0) return [];
  const output = await git.ask(['hash-object', '--stdin-paths'], paths.map(quoted).join(''));
  // One that cannot be converted ends the command: then none is taken for what the index has.
  const ids = output === null ? [] : output.split('\n');
  return paths.map((_, at) => ids[at] ?? null);
}

/** As git reads a name that holds anything: in quotes, each byte in octal. */
function quoted(path: Buffer): string {
  const bytes = [...path].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`);
  return `"${bytes.join('')}"\n`;
}
