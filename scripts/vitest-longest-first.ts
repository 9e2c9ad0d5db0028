import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that take longest, the longest first: one that starts last is all that the processors have to do in the end.
 * By their names, as a first run remembers no durations. What is not here takes less than 20 s.
 */
export const LONGEST = [
  'consumers/test/packed/next.test.ts',
  'cli/test/e2e/hostile-doors.slow.test.ts',
  'viewer/test/browser/hostile.test.ts',
  'rlm/test/e2e/leftovers.docker.test.ts',
  'rlm/test/e2e/resume.test.ts',
  'cli/test/e2e/assess.test.ts',
  'rlm/test/e2e/kills.environments.test.ts',
  'cli/test/e2e/github-action.slow.test.ts',
  'cli/test/e2e/judged-change.slow.test.ts',
  'cli/test/e2e/base-policy.slow.test.ts',
  'viewer/test/browser/accessibility.test.ts',
  'consumers/test/packed/bundlers.test.ts',
  'rlm/test/process/large-journal.slow.test.ts',
  'consumers/test/packed/package-managers.test.ts',
  'consumers/test/packed/containers.docker.test.ts',
  'consumers/test/packed/newcomer.docker.test.ts',
  'rlm/test/e2e/session-stops.environments.test.ts',
  'consumers/test/packed/bundled-packages.test.ts',
  'rlm/test/e2e/session-kills.environments.test.ts',
  'assess/test/unit/reports.slow.test.ts',
  'rlm/test/process/file-store-kills.test.ts',
  'viewer/test/browser/run-views.test.ts',
  'assess/test/unit/overlooked-changes.slow.test.ts',
  'rlm/test/e2e/session-endurance.environments.test.ts',
  'rlm/test/process/second-user.test.ts',
  'rlm/test/e2e/wire.environments.test.ts',
  'rlm/test/e2e/fidelity-of-context.environments.test.ts',
  'rlm/test/e2e/worker-start.test.ts',
  'assess/test/e2e/stores.test.ts',
  'viewer/test/browser/assessment.test.ts',
  'rlm/test/process/environment-use.test.ts',
  'viewer/test/browser/unusual-runs.test.ts',
  'rlm/test/e2e/abort.environments.test.ts',
  'rlm/test/e2e/many-at-once.environments.test.ts',
  'rlm/test/e2e/cut-off.environments.test.ts',
  'cli/test/e2e/gate-install.slow.test.ts',
  'assess/test/unit/every-change.slow.test.ts',
  'assess/test/unit/injection.slow.test.ts',
];

/**
 * The files of a project one after the other, as they share processes that end when the next file is another project's; the
 * longest of a project first, and the project of the longest file.
 */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return longestFirst(await super.sort(files));
  }
}

export interface FileOfProject {
  readonly moduleId: string;
  readonly project: { readonly name: string };
}

export function longestFirst<File extends FileOfProject>(files: readonly File[]): File[] {
  const sorted = files.toSorted((one, other) => place(one) - place(other));
  return [...Map.groupBy(sorted, ({ project }) => project.name).values()].flat();
}

function place({ moduleId }: FileOfProject): number {
  const index = LONGEST.findIndex((name) => moduleId.endsWith(`/packages/${name}`));
  return index === -1 ? LONGEST.length : index;
}
