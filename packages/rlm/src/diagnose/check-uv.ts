import { RLMError } from '../api/errors.ts';
import { findUv, MIN_UV_VERSION } from '../python/uv.ts';
import type { CheckOutcome } from './diagnosis.ts';
import { choosePython, type Subject } from './subject.ts';

/** Whether there is a uv that can prepare the worker's environment. */
export async function checkUv(subject: Subject, signal: AbortSignal): Promise<CheckOutcome<'uv'>> {
  const choice = await choosePython(subject);
  if (choice.kind === 'own') {
    const summary = `not needed: Python is ${choice.interpreter}, used as it is`;
    return { status: 'ok', summary, advice: null, details: null };
  }
  try {
    const uv = await findUv(subject.uvPath, subject.env, signal);
    const summary = `${uv.version} (${uv.path}); ${MIN_UV_VERSION} or newer is needed`;
    return { status: 'ok', summary, advice: null, details: uv };
  } catch (error) {
    // A named uv is tried by every run; any other one only by a run that prepares the environment.
    if (choice.kind === 'to_prepare' || subject.uvPath !== undefined || !RLMError.isInstance(error)) throw error;
    const summary = 'none found; not needed until the worker environment has to be made again';
    return { status: 'warning', summary, advice: error.message, details: null };
  }
}
