import type { Omitted } from '../result.ts';
import { commitsDocument } from './commits.ts';
import { decodeText } from './decode-text.ts';
import type { Collection, Evidence, EvidenceDocument } from './document.ts';
import { type FileText, fileDocument } from './file-document.ts';
import { Git } from './git.ts';
import { type Change, changesBetween, changesInWorktree, type Side, SUBMODULE, SYMLINK } from './git-changes.ts';
import { SideReader } from './git-objects.ts';
import { findRange, findRef, findTop, type Range } from './git-range.ts';
import type { Limits } from './limits.ts';

/** The commits of a branch, tag or commit since the base. */
export async function fromBranch(
  { repository, branch, base }: { repository: string; branch: string; base: string | undefined },
  limits: Limits,
): Promise<Evidence> {
  const git = new Git(repository, limits.signal);
  const range = await findRange(git, branch, base);
  const evidence = await evidenceOf(git, range, await changesBetween(git, range.base, range.head), limits);
  const ref = await findRef(git, branch);
  return { ...evidence, provenance: { source: 'branch', path: repository, branch: ref, ...range, dirty: false } };
}

/** The commits of a work tree since the base and, unless told otherwise, what is not committed yet. */
export async function fromWorktree(
  { worktree, base, uncommitted }: { worktree: string; base: string | undefined; uncommitted: boolean },
  limits: Limits,
): Promise<Evidence> {
  const git = new Git(await findTop(new Git(worktree, limits.signal)), limits.signal);
  const range = await findRange(git, 'HEAD', base);
  const changes = uncommitted
    ? await changesInWorktree(git, range.base)
    : await changesBetween(git, range.base, range.head);
  const evidence = await evidenceOf(git, range, changes, limits);
  const branch = await findRef(git, 'HEAD');
  const dirty = (await changesInWorktree(git, range.head)).length > 0;
  return { ...evidence, provenance: { source: 'worktree', path: git.cwd, branch, ...range, dirty } };
}

async function evidenceOf(git: Git, range: Range, changes: readonly Change[], limits: Limits): Promise<Collection> {
  const documents: EvidenceDocument[] = [];
  const omitted: Omitted[] = [];
  const judged = changes.filter(({ name }) => !limits.isExcluded(name));
  for (const { name } of changes) {
    if (limits.isExcluded(name)) omitted.push({ file: name, reason: 'excluded', detail: 'excluded by the options' });
  }
  const reader = await SideReader.open(
    git,
    judged.flatMap(({ before, after }) => [before, after]),
    limits,
  );
  for (const change of judged) {
    const { document, omission } = fileDocument(
      {
        name: change.name,
        facts: factsOf(change),
        before: change.before && (await textOf(change.before, reader)),
        after: change.after && (await textOf(change.after, reader)),
      },
      limits.maxFileChars,
    );
    if (document !== null) documents.push(document);
    if (omission !== null) omitted.push(omission);
  }
  const commits = await commitsDocument(git, range);
  if (commits !== null) documents.push(commits);
  return { documents, omitted };
}

function factsOf({ status, before, after }: Change): string[] {
  const facts: string[] = [status];
  if (status === 'renamed' && before) facts.push(`from ${JSON.stringify(String(before.path))}`);
  if (before && after && before.mode !== after.mode) facts.push(`mode ${before.mode} to ${after.mode}`);
  if (after?.mode === SYMLINK) facts.push('symbolic link');
  return facts;
}

async function textOf(side: Side, reader: SideReader): Promise<FileText> {
  if (side.mode === SUBMODULE) return { kind: 'submodule', commit: side.blob ?? 'unknown' };
  const bytes = await reader.read(side);
  const decoded = decodeText(bytes);
  return decoded === null ? { kind: 'binary', bytes: bytes.length } : { kind: 'text', ...decoded };
}
