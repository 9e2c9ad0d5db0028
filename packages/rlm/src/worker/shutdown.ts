import { setTimeout as sleep } from 'node:timers/promises';
import { KILL_GRACE_MS } from './policy.ts';
import type { ProcessTransport } from './process-transport.ts';
import type { WorkerExit } from './worker-child.ts';

/** Asks an idle worker to go, and makes it go when it does not. */
export async function shutDown(transport: ProcessTransport): Promise<WorkerExit> {
  transport.send({ type: 'shutdown' });
  transport.endInput();
  return (await exitWithin(transport, KILL_GRACE_MS)) ?? (await killGroup(transport));
}

/** SIGTERM to the worker's process group, then SIGKILL. A process in its own group ends by the end of its stdin. */
export async function killGroup(transport: ProcessTransport): Promise<WorkerExit> {
  if (dying.size === 0) process.on('exit', killDying);
  dying.add(transport);
  transport.kill('SIGTERM');
  const exit = await exitWithin(transport, KILL_GRACE_MS);
  if (exit === undefined) transport.kill('SIGKILL');
  await transport.exited;
  dying.delete(transport);
  if (dying.size === 0) process.off('exit', killDying);
  return await transport.exited;
}

/** Workers in their grace, which a host that exits cannot wait for. */
const dying = new Set<ProcessTransport>();

function killDying(): void {
  for (const transport of dying) transport.kill('SIGKILL');
}

async function exitWithin(transport: ProcessTransport, ms: number): Promise<WorkerExit | undefined> {
  const timer = new AbortController();
  const waited = sleep(ms, undefined, { signal: timer.signal }).catch(() => undefined);
  const exit = await Promise.race([transport.exited, waited]);
  timer.abort();
  return exit;
}
