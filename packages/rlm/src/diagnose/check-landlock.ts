import { findWorkerSource } from '../python/worker-source.ts';
import { workerVariables } from '../python/worker-variables.ts';
import { runClient } from '../worker/container-client.ts';
import { choosePython, type Subject } from './subject.ts';

const ASK = `
import sys
sys.path.insert(0, sys.argv[1])
from rlm_worker.environments.landlock.availability import unavailable
print(unavailable() or "")
`;

/** What Landlock lacks on this machine and what to do; null: nothing, or there is no Python yet that could ask. */
export async function landlockProblem(subject: Subject): Promise<string | null> {
  const choice = await choosePython(subject);
  if (choice.kind === 'to_prepare') return null;
  const { sources } = findWorkerSource(subject.env);
  const variables = workerVariables('landlock', subject.env);
  const { stdout, stderr, failure } = await runClient(choice.interpreter, ['-I', '-c', ASK, sources], variables);
  if (failure !== null) return `It could not be asked: ${stderr.trim().slice(-300)}`;
  return stdout.trim() === '' ? null : stdout.trim();
}
