import { visible } from '@rlm-bridge/text';
import type { GatePolicy } from '../api/options.ts';
import type { Rename } from '../api/worker-assessment.ts';
import { decodePath } from '../evidence/decode-text.ts';
import { fileName } from '../evidence/document.ts';
import { findCommits } from '../evidence/git-range.ts';
import type { GitWork } from '../evidence/git-work.ts';
import type { Before } from '../findings/previous.ts';

/** Renames by which a work's findings are compared with a baseline and with the assessment before. */
export async function renamesOf(
  work: GitWork | null,
  { baseline = [] }: GatePolicy,
  before: Before | null,
): Promise<Rename[]> {
  if (work === null || (before === null && baseline.length === 0)) return [];
  const entries = baseline.filter((entry) => typeof entry !== 'string');
  const commits = [...entries.map(({ commit }) => commit), before?.provenance?.head ?? null];
  return await renamesSince(
    work,
    commits.filter((commit) => commit !== null),
  );
}

/** Files that have another path now than in one of these commits, or where the work started; of commits that are not here, none. */
async function renamesSince(work: GitWork, commits: readonly string[]): Promise<Rename[]> {
  const renames = new Map<string, Rename>();
  const { base } = work.range;
  const others = [...new Set(commits)].filter((commit) => commit !== base);
  const found = others.length === 0 ? [] : await findCommits(work.git, others);
  for (const commit of [base, ...others.filter((_, at) => found[at] !== null)]) {
    for (const { status, before, after } of await work.reportedSince(commit)) {
      if (status !== 'renamed' || before === null || after === null) continue;
      const [from, to] = [before, after].map(({ path }) => fileName(visible(decodePath(path))));
      renames.set(`${from}\0${to}`, { from: from ?? '', to: to ?? '' });
    }
  }
  return [...renames.values()];
}
