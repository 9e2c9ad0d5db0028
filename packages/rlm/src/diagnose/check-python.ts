import { tmpdir } from 'node:os';
import { RLMError } from '../api/errors.ts';
import { findPython, mayFetchPython } from '../python/find-python.ts';
import { MIN_PYTHON } from '../python/python-command.ts';
import { pythonVersion } from '../python/python-version.ts';
import { findUv } from '../python/uv.ts';
import { isOlder } from '../python/versions.ts';
import type { CheckOutcome } from './diagnosis.ts';
import { choosePython, type Subject } from './subject.ts';

/** Whether the Python that a run would use is there and new enough. */
export async function checkPython(subject: Subject, signal: AbortSignal): Promise<CheckOutcome<'python'>> {
  const choice = await choosePython(subject);
  if (choice.kind !== 'to_prepare') return await checkVersion(choice.interpreter, subject, signal);
  try {
    const { path: uv } = await findUv(subject.uvPath, subject.env, signal);
    const python = await findPython({ uv, cwd: tmpdir(), env: subject.env }, signal);
    return await checkVersion(python, subject, signal);
  } catch (error) {
    return withoutPython(error, subject);
  }
}

async function checkVersion(path: string, { env }: Subject, signal: AbortSignal): Promise<CheckOutcome<'python'>> {
  const version = await pythonVersion(path, env, signal);
  const details = { path, version };
  if (!isOlder(version, MIN_PYTHON)) {
    return { status: 'ok', summary: `${version} (${path}); ${MIN_PYTHON} or newer is needed`, advice: null, details };
  }
  const advice = 'Install a newer one, or name it by UV_PYTHON, or by the python option or RLM_PYTHON.';
  return { status: 'failed', summary: `${version} (${path}) is older than ${MIN_PYTHON}`, advice, details };
}

function withoutPython(error: unknown, { env }: Subject): CheckOutcome<'python'> {
  if (!RLMError.isInstance(error)) throw error;
  if (error.code === 'uv_not_found') {
    const summary = 'not looked for: uv does that, and there is none';
    return { status: 'warning', summary, advice: 'Install uv first.', details: null };
  }
  if (!mayFetchPython(env)) throw error;
  const summary = `none of ${MIN_PYTHON} or newer here; the first run lets uv fetch one (UV_PYTHON_DOWNLOADS)`;
  return { status: 'warning', summary, advice: null, details: null };
}
