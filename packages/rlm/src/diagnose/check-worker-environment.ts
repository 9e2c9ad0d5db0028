import type { WorkerReady } from '@rlm-bridge/protocol';
import { pythonCommand } from '../python/python-command.ts';
import { preparePython } from '../python/python-environment.ts';
import { findWorkerSource } from '../python/worker-source.ts';
import { WorkerProcess } from '../worker/worker-process.ts';
import type { CheckOutcome } from './diagnosis.ts';
import { choosePython, type Subject } from './subject.ts';

/** Whether a worker starts and shakes hands. An environment that is not prepared is made where that is asked for. */
export async function checkWorkerEnvironment(
  subject: Subject,
  signal: AbortSignal,
): Promise<CheckOutcome<'worker-environment'>> {
  if (subject.prepares) {
    const { quiet } = subject.options;
    await preparePython({ ...subject, quiet, source: findWorkerSource(subject.env) }, signal);
  }
  const choice = await choosePython(subject);
  if (choice.kind === 'to_prepare') {
    const { folder } = choice;
    const advice = `Nothing to do: the first run installs the worker's locked packages with uv into ${folder}, once.`;
    const command = 'npx @rlm-bridge/cli setup';
    return { status: 'warning', summary: 'not prepared yet', advice, command, details: { folder, worker: null } };
  }
  const { type: _, pid: __, ...worker } = await handshakeOf(choice.interpreter, subject);
  const summary =
    `worker ${worker.workerVersion}, rlms ${worker.rlmsVersion}, Python ${worker.pythonVersion}, ` +
    `protocol ${worker.protocolVersion}, prices of ${worker.priceTable}`;
  const folder = choice.kind === 'prepared' ? choice.folder : null;
  return { status: 'ok', summary, advice: null, details: { folder, worker } };
}

/** A worker of its own, gone when this returns. Its start is bounded in time. */
async function handshakeOf(interpreter: string, { environment, env }: Subject): Promise<WorkerReady> {
  const command = pythonCommand(interpreter, findWorkerSource(env).sources, environment, env);
  const worker = await WorkerProcess.start(command, new AbortController().signal);
  try {
    return await worker.handshake();
  } finally {
    await worker.stop();
  }
}
