import { basename } from 'node:path';
import { runClient } from './container-client.ts';

/** Every container of a run carries this label with the run's id, or with its session's. */
export const RUN_LABEL = 'rlm-bridge.run';

/** And this one with the name of its worker's folder: another worker has one of a run that is taken up at once. */
const WORKER_LABEL = 'rlm-bridge.worker';

/** A container that is ending by itself refuses to be removed, and is gone a moment later. */
const ATTEMPTS = 5;

/**
 * Removes what a run left behind: the last rung of the ladder, after its worker was killed or died. `folder` was that worker's.
 * @returns what could not be done, for a warning.
 */
export async function removeContainers(
  runtime: string,
  runId: string,
  folder: string,
  env: Record<string, string>,
): Promise<string | undefined> {
  const labels = [`label=${RUN_LABEL}=${runId}`, `label=${WORKER_LABEL}=${basename(folder)}`];
  const filters = labels.flatMap((label) => ['--filter', label]);
  let stderr = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const listed = await runClient(runtime, ['ps', '-aq', ...filters], env);
    // Without a runtime there was no container.
    if (listed.failure === 'missing') return undefined;
    if (listed.failure !== null) return `Containers of run ${runId} could not be looked for: ${listed.stderr}`;
    const containers = listed.stdout.split('\n').filter((id) => id !== '');
    if (containers.length === 0) return undefined;
    ({ stderr } = await runClient(runtime, ['rm', '-f', ...containers], env));
  }
  return `Containers labelled ${RUN_LABEL}=${runId} could not be removed: ${stderr}`;
}
