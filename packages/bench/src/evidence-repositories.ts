import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A branch `work` off `main`, made at once: git reads a stream, and nobody commits ten thousand times. */
export interface History {
  /** Files of main. */
  before: Record<string, string>;
  /** Files of each commit of the branch. */
  commits: readonly Record<string, string>[];
}

/** A repository with this history, checked out at `work`, in a temporary folder. */
export async function repositoryOf({ before, commits }: History): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-bench-evidence-'));
  await git(folder, ['init', '-q', '-b', 'main']);
  const stream = [
    commitOf('main', 'Start', before),
    ...commits.map((files, n) => commitOf('work', `Step ${n}`, files, n)),
  ];
  await git(folder, ['fast-import', '--quiet'], stream.join(''));
  await git(folder, ['checkout', '-q', 'work']);
  return folder;
}

function commitOf(branch: string, message: string, files: Record<string, string>, step?: number): string {
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const from = step === 0 ? 'from refs/heads/main\n' : '';
  const changes = Object.entries(files).map(([name, text]) => `M 100644 inline ${name}\n${data(text)}`);
  const who = `committer Ada <ada@example.com> ${1_700_000_000 + (step ?? -1)} +0000\n`;
  return `commit refs/heads/${branch}\n${who}${data(message)}${from}${changes.join('')}\n`;
}

/** Runs git for its time alone. */
export function git(cwd: string, args: readonly string[], input = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = execFile('git', args, { cwd, maxBuffer: 1e9 }, (error) =>
      error === null ? resolve() : reject(error),
    );
    child.stdin?.on('error', () => {}); // that it did not read all of it is told by how it ends
    child.stdin?.end(input);
  });
}
