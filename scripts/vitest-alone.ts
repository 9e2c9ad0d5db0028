/**
 * End-to-end tests that each have a process of their own: they look at its children, end its workers, or change its
 * variables. The others share processes, as unit tests do: they find a worker warm, and what workers are forked from.
 */
export const ALONE = [
  'abort.environments',
  'bad-input',
  'cut-off.environments',
  'daemon-hangs-up.docker',
  'diagnose.docker',
  'full-disk',
  'isolation',
  'kills.environments',
  'landlock',
  'leftovers.docker',
  'many-at-once.environments',
  'podman.docker',
  'prewarm.docker',
  'session-endurance.environments',
  'session-kills.environments',
  'session-stops.environments',
  'session.environments',
  'strategies.docker',
  'ten-at-once',
  'wire.environments',
  'worker-start',
].map((name) => `packages/rlm/test/e2e/${name}.test.ts`);
