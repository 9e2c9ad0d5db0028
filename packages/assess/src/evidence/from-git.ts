import { join } from 'node:path';
import type { Omitted, Provenance } from '../api/worker-assessment.ts';
import { attributed } from './attributed.ts';
import { decodePath } from './decode-text.ts';
import type { Collection, EvidenceDocument, SourcedCollection } from './document.ts';
import { type FileVersions, fileDocuments } from './file-document.ts';
import { type FileText, readText } from './file-text.ts';
import type { Git } from './git.ts';
import { type Change, EXECUTABLE, type Side, SUBMODULE, SYMLINK } from './git-changes.ts';
import { SideReader } from './git-objects.ts';
import type { GitWork } from './git-work.ts';
import { excluded, type Limits, notWork } from './limits.ts';
import { moveOf, movesDocument } from './moves.ts';
import { Pace } from './pace.ts';

/** The commits of a work since its base and, of a work tree, unless told otherwise, what is not committed yet. */
export async function fromGit(work: GitWork, limits: Limits): Promise<SourcedCollection> {
  const { git, range, ref: branch, isTree } = work;
  const source = isTree ? 'worktree' : 'branch';
  const known: Provenance = { source, path: git.cwd, branch, ...range, dirty: isTree ? null : false };
  return await attributed(known, async () => {
    const { changes, omitted } = await work.changes();
    const [evidence, dirty] = await Promise.all([
      evidenceOf(work, changes, limits),
      isTree ? work.tree().then((tree) => tree.isOther(range.head)) : false,
    ]);
    return {
      documents: evidence.documents,
      omitted: [...evidence.omitted, ...omitted],
      provenance: { ...known, dirty },
    };
  });
}

async function evidenceOf(work: GitWork, changes: readonly Change[], limits: Limits): Promise<Collection> {
  const [{ documents, omitted }, commits] = await Promise.all([
    changedFiles(work.git, changes, limits),
    work.commits(),
  ]);
  return { documents: commits === null ? documents : [...documents, commits], omitted };
}

/** The documents of what changed, and what of it is not shown. */
async function changedFiles(git: Git, changes: readonly Change[], limits: Limits): Promise<Collection> {
  const documents: EvidenceDocument[] = [];
  const omitted: Omitted[] = [];
  const judged: Change[] = [];
  for (const change of changes.flatMap((one) => splitByExclusion(one, limits))) {
    if (limits.isExcluded(change.name)) omitted.push(excluded(change.name));
    else if (isCallersOwn(change, git, limits)) omitted.push(notWork(change.name));
    else judged.push(change);
  }
  const reader = await SideReader.open(
    git,
    judged.flatMap(({ before, after }) => [before, after]),
    limits,
  );
  const moved: string[] = [];
  const pace = new Pace(limits.signal);
  for await (const batch of reader.batches(judged)) {
    const files: FileVersions[] = [];
    for (const change of batch) {
      const before = change.before && (await textOf(change.before, reader, pace));
      const after = change.after && (await textOf(change.after, reader, pace));
      const move = moveOf(change, after);
      if (move === null) files.push({ name: change.name, facts: factsOf(change), before, after });
      else moved.push(move);
    }
    for (const { document, omission } of await fileDocuments(files, limits)) {
      if (document !== null) documents.push(document);
      if (omission !== null) omitted.push(omission);
    }
  }
  if (moved.length > 0) documents.push(movesDocument(moved));
  return { documents, omitted };
}

/** A rename from or to what is excluded is judged by its other side. */
function splitByExclusion(change: Change, { isExcluded }: Limits): Change[] {
  const { before, after, name } = change;
  if (change.status !== 'renamed' || before === null) return [change];
  const from = decodePath(before.path);
  if (isExcluded(from) === isExcluded(name)) return [change];
  return [
    { status: 'deleted', before, after: null, name: from },
    { status: 'added', before: null, after, name },
  ];
}

/** What git knows is work, whoever wrote it. */
function isCallersOwn({ before, after, name }: Change, { cwd }: Git, { isNotWork }: Limits): boolean {
  return before === null && after !== null && after.blob === null && isNotWork(join(cwd, name));
}

function factsOf({ status, before, after, isStaged = false }: Change): string[] {
  const facts: string[] = [status];
  if (status === 'renamed' && before) facts.push(`from ${JSON.stringify(String(before.path))}`);
  if (before && after && before.mode !== after.mode) facts.push(`mode ${before.mode} to ${after.mode}`);
  if (after?.mode === SYMLINK) facts.push('symbolic link');
  if (isStaged) facts.push('staged, while the file on disk is another');
  return facts;
}

async function textOf(side: Side, reader: SideReader, pace: Pace): Promise<FileText> {
  if (side.mode === SUBMODULE) return { kind: 'submodule', commit: side.blob ?? 'unknown' };
  const name = side.mode === EXECUTABLE ? null : decodePath(side.path);
  return await readText(await reader.read(side), name, pace);
}
