import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { FailedTest } from './second-look.ts';
import { countPytest, countVitest, type VitestReport } from './test-counts.ts';

/** A program, to which arguments are added. */
export interface Command {
  readonly command: string;
  readonly args: string[];
}

// Which tests failed, from what their runners wrote, and how each is run by itself; reports of that go into `folder`.

/** A test of vitest, or a file that failed before its first one. `options` are those of the run: its projects. */
export async function failedInVitest(
  report: string,
  options: string[],
  folder: string,
  root = process.cwd(),
): Promise<FailedTest[]> {
  const { testResults } = JSON.parse(await readFile(report, 'utf8')) as VitestReport;
  const found = new Map<string, string[]>();
  for (const { name, status, assertionResults } of testResults) {
    const file = relative(root, name);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    for (const { ancestorTitles, title } of failed) {
      const test = [...ancestorTitles, title].join(' > ');
      found.set(`${file}: ${test}`, [file, '--testNamePattern', `^${escaped(test)}$`]);
    }
    if (status === 'failed' && failed.length === 0) found.set(file, [file]);
  }
  return [...found].map(([name, chosen], index) => {
    const again = join(folder, `vitest-again-${index}.json`);
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${again}`];
    return {
      name,
      command: 'vitest',
      args: ['run', ...options, ...chosen, ...reporters],
      count: () => countVitest(again),
    };
  });
}

/** By what pytest keeps of its last run, in a folder that only this run has written. */
export async function failedInPytest(cache: string, pytest: Command, folder: string): Promise<FailedTest[]> {
  const lastFailed = JSON.parse(await readFile(join(cache, 'v/cache/lastfailed'), 'utf8')) as Record<string, true>;
  return Object.keys(lastFailed).map((name, index) => {
    const again = join(folder, `pytest-again-${index}.xml`);
    // Named from the root of the repository, and run in python/.
    const chosen = [`../${name}`, '-p', 'no:cacheprovider', `--junit-xml=${again}`];
    return { name, command: pytest.command, args: [...pytest.args, ...chosen], count: () => countPytest(again) };
  });
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
