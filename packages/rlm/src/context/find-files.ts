import { stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { glob } from 'tinyglobby';
import { RLMError } from '../errors.ts';

export interface NamedFile {
  name: string;
  path: string;
}

/**
 * Files by globs, named by their path relative to `cwd` and sorted, or by a record of name to path.
 * A pattern that is the path of a file means that file, whatever characters it holds.
 */
export async function findFiles(
  files: readonly string[] | { [name: string]: string },
  cwd: string,
): Promise<NamedFile[]> {
  const found = isList(files) ? await findByPattern(files, cwd) : findByName(files, cwd);
  if (found.length > 0) return found;
  const wanted = isList(files)
    ? `match ${files.map((pattern) => `"${pattern}"`).join(', ') || 'an empty list'}`
    : 'are named';
  throw new RLMError(
    'context_no_match',
    `No files ${wanted} in ${cwd}. Check the patterns and pass cwd to search elsewhere.`,
  );
}

function isList(files: readonly string[] | { [name: string]: string }): files is readonly string[] {
  return Array.isArray(files);
}

function findByName(files: { [name: string]: string }, cwd: string): NamedFile[] {
  return Object.entries(files).map(([name, path]) => {
    requireString(path, `files["${name}"]`);
    return { name, path: resolve(cwd, path) };
  });
}

async function findByPattern(patterns: readonly string[], cwd: string): Promise<NamedFile[]> {
  const literal: string[] = [];
  const globs: string[] = [];
  for (const [index, pattern] of patterns.entries()) {
    requireString(pattern, `files[${index}]`);
    ((await isLiteral(pattern, cwd)) ? literal : globs).push(pattern);
  }
  const excluded = globs.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const included = globs.filter((pattern) => !pattern.startsWith('!'));
  const options = { cwd, ignore: excluded, expandDirectories: false };
  const matched = included.length > 0 ? await glob(included, options) : [];
  const paths = new Set([...literal, ...matched].map((path) => resolve(cwd, path)));
  return [...paths].map((path) => ({ name: relative(cwd, path).split(sep).join('/'), path })).sort(byName);
}

async function isLiteral(pattern: string, cwd: string): Promise<boolean> {
  if (pattern.startsWith('!')) return false;
  const path = resolve(cwd, pattern);
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isDirectory()) {
    throw new RLMError('context_is_directory', `${path} is a directory. To take its files, write "${pattern}/**".`);
  }
  if (stats === undefined && !/[*?[\](){}!+@]/.test(pattern)) {
    throw new RLMError('context_not_found', `No such file: ${path}. Check the path; it is resolved against ${cwd}.`);
  }
  return stats !== undefined;
}

function requireString(value: unknown, where: string): asserts value is string {
  if (typeof value !== 'string' || value === '') {
    throw new RLMError('context_unsupported_type', `context.${where} must be a path or glob that is not empty.`);
  }
}

/** By code units, so that the order is the same on every machine. */
function byName(a: NamedFile, b: NamedFile): number {
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}
