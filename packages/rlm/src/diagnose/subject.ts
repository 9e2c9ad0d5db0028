import type { RLMEnvironment } from '../api/backends.ts';
import type { RLMEnvironmentOptions } from '../api/options.ts';
import type { SettledOptions } from '../options/run-plan.ts';
import { isReady, locateEnvironment, ownPython } from '../python/python-environment.ts';
import { findWorkerSource } from '../python/worker-source.ts';

/** What is diagnosed: the surroundings of a run with these options. */
export interface Subject {
  options: SettledOptions;
  environment: RLMEnvironment;
  environmentOptions: RLMEnvironmentOptions | undefined;
  python: string | undefined;
  uvPath: string | undefined;
  /** Whether what the first run would make or fetch is made now, and missed where that is not for us to do. */
  prepares: boolean;
  env: NodeJS.ProcessEnv;
}

/** Which interpreter a run would use: the user's own, the one that uv made, or the one that it has yet to make. */
export type PythonChoice =
  | { kind: 'own'; interpreter: string }
  | { kind: 'prepared'; interpreter: string; folder: string }
  | { kind: 'to_prepare'; folder: string };

/** @throws {RLMError} when the package is not whole. */
export async function choosePython(subject: Subject): Promise<PythonChoice> {
  const interpreter = ownPython(subject);
  if (interpreter !== undefined) return { kind: 'own', interpreter };
  const environment = await locateEnvironment({ ...subject, source: findWorkerSource(subject.env), quiet: true });
  const { folder } = environment;
  if (!(await isReady(environment))) return { kind: 'to_prepare', folder };
  return { kind: 'prepared', interpreter: environment.interpreter, folder };
}
