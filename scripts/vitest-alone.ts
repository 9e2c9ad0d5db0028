const named = (names: string[]) => names.map((name) => `packages/${name}.test.ts`);

/**
 * End-to-end tests that look at the children of their process, end its workers, or change its variables: each finds it without
 * workers (`vitest-no-workers.ts`). The others find a worker warm, and what workers are forked from.
 */
export const ALONE = named([
  'rlm/test/e2e/abort.environments',
  'rlm/test/e2e/bad-input',
  'rlm/test/e2e/cut-off.environments',
  'rlm/test/e2e/daemon-hangs-up.docker',
  'rlm/test/e2e/diagnose.docker',
  'rlm/test/e2e/full-disk',
  'rlm/test/e2e/isolation',
  'rlm/test/e2e/kills.environments',
  'rlm/test/e2e/landlock',
  'rlm/test/e2e/leftovers.docker',
  'rlm/test/e2e/many-at-once.environments',
  'rlm/test/e2e/node-ends.docker',
  'rlm/test/e2e/podman.docker',
  'rlm/test/e2e/prewarm.docker',
  'rlm/test/e2e/session-endurance.environments',
  'rlm/test/e2e/session-kills.environments',
  'rlm/test/e2e/session-stops.environments',
  'rlm/test/e2e/ten-at-once',
  'rlm/test/e2e/wire.environments',
  'rlm/test/e2e/worker-start',
]);

export function isAlone(file: string | undefined): boolean {
  return ALONE.some((name) => file?.endsWith(`/${name}`));
}
