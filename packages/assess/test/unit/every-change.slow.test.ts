import { chmod, lstat, readdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { visible } from '@rlm-bridge/text';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Evidence } from '../../src/evidence/document.ts';
import { evidenceOf } from '../support/evidence.ts';
import { Repository } from '../support/repository.ts';

/** Each run is some dozens of processes. */
const WATCHDOG_MS = 180_000;

const NAMES = ['a', 'A', 'b', 'dir/c', 'dir', 'dir/deep/d', 'odd "n"\n::x', 'ignored'];
const LFS = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 9\n`;
const CONTENTS = [
  '',
  'one\ntwo\n',
  'one\r\ntwo\r\n',
  'one\r\ntwo\n',
  'one\ntwo',
  '\ufeffone\ntwo\n',
  Buffer.from('\ufeffone\ntwo\n', 'utf16le'),
  'other\n',
  Buffer.from([0, 1, 2, 255, 254]),
  LFS,
  LFS.replaceAll('a', 'b'),
];

type Step =
  | { do: 'write' | 'link'; name: string; content: string | Buffer }
  | { do: 'rename'; name: string; to: string }
  | { do: 'delete' | 'executable' | 'plain' | 'stage' | 'intend' | 'overlook' | 'skip'; name: string };

const name = fc.constantFrom(...NAMES);
const content = fc.constantFrom(...CONTENTS);
const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: fc.record({ do: fc.constant('write' as const), name, content }), weight: 4 },
  fc.record({ do: fc.constant('link' as const), name, content: fc.constantFrom('a', '/etc/passwd', 'nowhere') }),
  fc.record({ do: fc.constant('rename' as const), name, to: name }),
  {
    arbitrary: fc.record({
      do: fc.constantFrom('delete', 'executable', 'plain', 'stage', 'intend', 'overlook', 'skip'),
      name,
    }) as fc.Arbitrary<Step>,
    weight: 5,
  },
);

/** What cannot be done, as to delete what is not there, is left. */
async function take(repository: Repository, given: Step): Promise<void> {
  const path = join(repository.path, given.name);
  const git = (...args: string[]) => repository.git(...args, '--', given.name);
  const steps = {
    write: () => repository.write({ [given.name]: (given as { content: string }).content }),
    link: () => symlink((given as { content: string }).content, path),
    rename: () => rename(path, join(repository.path, (given as { to: string }).to)),
    delete: () => rm(path, { recursive: true }),
    executable: () => chmod(path, 0o755),
    plain: () => chmod(path, 0o644),
    stage: () => git('add', '-f', '-A'),
    intend: () => git('add', '-f', '-N'),
    overlook: () => git('update-index', '--assume-unchanged'),
    skip: () => git('update-index', '--skip-worktree'),
  };
  await steps[given.do]().catch(() => {});
}

/** What is at every path, by mode and bytes. */
type State = Map<string, string>;

async function committed(repository: Repository, commit: string): Promise<State> {
  const listed = await repository.git('ls-tree', '-r', '-z', commit);
  const entries = listed.split('\0').filter((line) => line !== '');
  return new Map(entries.map((line) => [line.slice(line.indexOf('\t') + 1), line.slice(0, line.indexOf('\t'))]));
}

async function onDisk(repository: Repository, tracked: ReadonlySet<string>): Promise<State> {
  const entries = await readdir(repository.path, { recursive: true, withFileTypes: true });
  const state: State = new Map();
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const file = path.slice(repository.path.length + 1);
    const isIgnored = /^ignored(?:\/|$)/.test(file) && !tracked.has(file);
    if (file === '.git' || file.startsWith('.git/') || isIgnored || entry.isDirectory()) continue;
    const stats = await lstat(path);
    const bytes = stats.isSymbolicLink() ? Buffer.from(await readlink(path)) : await readFile(path);
    const mode = stats.isSymbolicLink() ? '120000' : stats.mode & 0o100 ? '100755' : '100644';
    const { createHash } = await import('node:crypto');
    const id = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
    state.set(file, `${mode} blob ${id}`);
  }
  return state;
}

function differing(before: State, after: State): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
}

/** Every path that is a document, or listed, or told as the one that a document was renamed from. */
function toldOf({ documents, omitted }: Evidence): Set<string> {
  const files = documents.filter(({ kind }) => kind === 'file');
  const origins = files.flatMap(({ facts }) => facts.flatMap((fact) => /^from (".*")$/s.exec(fact)?.[1] ?? []));
  return new Set([
    ...files.map((document) => document.name.replace(/#\d+$/, '')),
    ...omitted.map(({ file }) => visible(file)),
    ...origins.map((origin) => visible(JSON.parse(origin))),
  ]);
}

test(
  'property: every path that differs between the merge base and the judged state is in the documents or listed',
  async () => {
    const files = fc.dictionary(fc.constantFrom('a', 'b', 'dir/c', 'ignored'), content, { minKeys: 1 });
    const plan = fc.record({
      start: files,
      first: fc.array(step, { maxLength: 4 }),
      later: fc.array(step, { maxLength: 8 }),
    });
    const options = { exclude: ['A'] };
    await fc.assert(
      fc.asyncProperty(plan, async ({ start, first, later }) => {
        const repository = await Repository.create({ '.gitignore': 'ignored\n', always: 'a\n', ...start });
        await repository.begin('work');
        for (const one of first) await take(repository, one);
        await repository.git('commit', '-q', '-a', '--allow-empty', '-m', 'First');
        for (const one of later) await take(repository, one);
        await repository.write({ always: 'b\n' });
        const base = await committed(repository, 'main');
        const index = (await repository.git('ls-files', '-z')).split('\0');
        const disk = await onDisk(repository, new Set([...index, ...base.keys()]));
        const head = await committed(repository, 'HEAD');
        const cases = [
          [{ worktree: repository.path }, disk],
          [{ worktree: repository.path, uncommitted: false }, head],
          [{ branch: 'work', repository: repository.path }, head],
        ] as const;
        for (const [spec, state] of cases) {
          const evidence = await evidenceOf({ ...spec, base: 'main' }, options).catch((error) => error);
          if (evidence instanceof Error) {
            // Nothing that could be judged is no pass either.
            expect(evidence).toMatchObject({ code: 'no_evidence' });
            continue;
          }
          const told = toldOf(evidence);
          expect(differing(base, state).filter((path) => !told.has(visible(path)))).toEqual([]);
        }
      }),
      {
        numRuns: Number(process.env.RLM_PROPERTY_RUNS ?? 8),
        examples: [[{ start: { 'dir/c': '' }, first: [{ do: 'rename', name: 'dir', to: 'ignored' }], later: [] }]],
      },
    );
  },
  WATCHDOG_MS,
);
