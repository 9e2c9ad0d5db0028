import { execFileSync } from 'node:child_process';
import { Repository } from './repository.ts';

interface Step {
  author?: string;
  /** Of the message, where it is not UTF-8. */
  encoding?: string;
  message: string | Buffer;
  /** Lines of `fast-import`: what becomes of which path. */
  files: string[];
}

const put = (mode: string, path: string, text: string) => `M ${mode} inline ${path}\ndata 2\n${text}\n`;
const LONG = 'A line of some length.'.repeat(3);

/** Commits of all kinds, in a line; of plain ones git needs not be asked. */
export const PLAIN: readonly Step[] = [
  {
    message: 'Add\n\nWhy it is so.\n',
    files: ['a', 'a.b/c', 'a-b', 'ab/c/d', 'z/y/x'].map((path) => put('100644', path, '1')),
  },
  { message: '', files: [] },
  {
    message: '\n\n  Odd white space \r\n\r\nat its ends \n\n\n',
    files: [put('100755', 'a', '1'), put('100644', 'ab/c/d', '2')],
  },
  { message: Buffer.from('caf\xe9, and no UTF-8', 'latin1'), files: [put('120000', 'a-b', 'a'), 'D a.b/c\n'] },
  {
    author: 'Zo\u00eb "Z" O\'Neil, PhD',
    message: 'A name',
    files: [put('100644', '"\\nodd \\"n\\" \\303\\244"', '3')],
  },
  { message: 'A folder that was a file', files: ['D a\n', put('100644', 'a/b', '4')] },
  { message: 'A file that was a folder', files: ['D ab\n', put('100644', 'ab', '5')] },
];

/** What one of these says, or changed, is for git to tell. */
export const FOR_GIT: readonly (Step & { what: string })[] = [
  {
    what: 'another encoding',
    message: Buffer.from('caf\xe9', 'latin1'),
    encoding: 'ISO-8859-1',
    files: [put('100644', 'a', '6')],
  },
  { what: 'no author', author: '', message: 'By nobody', files: [put('100644', 'a', '7')] },
  { what: 'a submodule', message: 'A submodule', files: [`M 160000 ${'1'.repeat(40)} library\n`] },
];

/** A repository with commits above main, on the branch `work`, made by one process. */
export async function historyOf(steps: readonly Step[]): Promise<Repository> {
  const repository = await Repository.create({ 'kept/deep/a.txt': LONG, 'kept/b.txt': 'b\n', gone: LONG });
  const parts = steps.flatMap(({ author = 'Ada', encoding, message, files }, at) => {
    const text = Buffer.from(message);
    return [
      `commit refs/heads/work\nauthor ${author} <ada@example.com> ${at} +0000\ncommitter Bob <bob@example.com> ${at} +0000\n`,
      ...(encoding === undefined ? [] : [`encoding ${encoding}\n`]),
      `data ${text.length}\n`,
      text,
      `\n${at === 0 ? 'from refs/heads/main\n' : ''}`,
      ...files,
      '\n',
    ];
  });
  const input = Buffer.concat(parts.map((part) => Buffer.from(part)));
  execFileSync('git', ['fast-import', '--quiet'], { cwd: repository.path, input });
  return repository;
}
