import { realpath, stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { findByGlob, isInside } from '@rlm-bridge/files';
import { RLMError } from '../api/errors.ts';

export interface NamedFile {
  name: string;
  path: string;
}

export interface FilesToFind {
  files: readonly string[] | { [name: string]: string };
  /** Absolute. */
  cwd: string;
  followLinks: boolean;
}

/**
 * Files by globs, named by their path relative to `cwd` and sorted, or by a record of name to path, and the links that
 * were left alone. A pattern that is the path of a file means that file, whatever characters it holds.
 */
export async function findFiles(
  request: FilesToFind,
  signal: AbortSignal,
): Promise<{ files: NamedFile[]; unfollowed: string[] }> {
  const { files, cwd } = request;
  const found = isList(files)
    ? await findByPattern(files, request, signal)
    : { files: await findByName(files, request, signal), unfollowed: [] };
  if (found.files.length > 0) return found;
  const wanted = isList(files)
    ? `match ${files.map((pattern) => `"${pattern}"`).join(', ') || 'an empty list'}`
    : 'are named';
  const links = found.unfollowed.length > 0 ? ` ${unfollowedLinks(found.unfollowed, cwd)}` : '';
  const advice = 'Check the patterns and pass cwd to search elsewhere';
  throw new RLMError('context_no_match', `No files ${wanted} in ${cwd}. ${advice}.${links}`);
}

const SHOWN_LINKS = 10;

/** What a caller should know of links that were left alone. */
export function unfollowedLinks(links: readonly string[], cwd: string): string {
  const shown = links.slice(0, SHOWN_LINKS).map((link) => relative(cwd, link) || '.');
  const more = links.length > SHOWN_LINKS ? ` and ${links.length - SHOWN_LINKS} more` : '';
  const why = 'they lead out of the folder, to another folder of it, or to no file';
  return `Links were not followed (${shown.join(', ')}${more}): ${why}. followLinks: true follows them.`;
}

function isList(files: FilesToFind['files']): files is readonly string[] {
  return Array.isArray(files);
}

async function findByName(
  files: { [name: string]: string },
  request: FilesToFind,
  signal: AbortSignal,
): Promise<NamedFile[]> {
  const found: NamedFile[] = [];
  for (const [name, path] of Object.entries(files)) {
    signal.throwIfAborted();
    requireString(path, `files["${name}"]`);
    found.push({ name, path: await requireStaying(resolve(request.cwd, path), request) });
  }
  return found;
}

async function findByPattern(
  patterns: readonly string[],
  request: FilesToFind,
  signal: AbortSignal,
): Promise<{ files: NamedFile[]; unfollowed: string[] }> {
  const { cwd, followLinks } = request;
  const literal: string[] = [];
  const globs: string[] = [];
  for (const [index, pattern] of patterns.entries()) {
    signal.throwIfAborted();
    requireString(pattern, `files[${index}]`);
    if (await isLiteral(pattern, cwd)) literal.push(await requireStaying(resolve(cwd, pattern), request));
    else globs.push(pattern);
  }
  const ignore = globs.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const included = globs.filter((pattern) => !pattern.startsWith('!'));
  const matched = await findByGlob({ patterns: included, ignore, cwd, dot: false, followLinks, signal });
  const paths = new Set([...literal, ...matched.paths]);
  const files = [...paths].map((path) => ({ name: relative(cwd, path).split(sep).join('/'), path })).sort(byName);
  return { files, unfollowed: matched.unfollowed };
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

/** A path in `cwd` must not leave it by a link; one that is elsewhere by its own words is the caller's. */
async function requireStaying(path: string, { cwd, followLinks }: FilesToFind): Promise<string> {
  if (followLinks || !isInside(cwd, path)) return path;
  const [real, root] = await Promise.all([realpath(path).catch(() => null), realpath(cwd).catch(() => cwd)]);
  if (real === null || isInside(root, real)) return path;
  const advice = 'Pass followLinks: true if that is what you want, or the file by its own path';
  throw new RLMError('context_link_outside', `${path} is a link that leads out of ${cwd}, to ${real}. ${advice}.`);
}

function requireString(value: unknown, where: string): asserts value is string {
  if (typeof value !== 'string' || value === '') {
    throw new RLMError('context_unsupported_type', `context.${where} must be a path or glob that is not empty.`);
  }
}

/** Orders files by the code units of their names, so that the order is the same on every machine. */
function byName(a: NamedFile, b: NamedFile): number {
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}
