import { thrownText } from '@rlm-bridge/text';
import type { RLMErrorCode } from '../api/codes.ts';
import { RLMError } from '../api/errors.ts';
import type { RLMOptions } from '../api/options.ts';
import { limitOr } from '../api/system-limits.ts';
import { parseOptions } from '../options/parse-options.ts';
import { readyToParse } from '../options/read-options.ts';
import { settledOn, settleEnvironment } from '../run/settle-environment.ts';
import { checkContainerRuntime } from './check-container-runtime.ts';
import { checkFolders } from './check-folders.ts';
import { checkKeys } from './check-keys.ts';
import { asksProvider, checkModels } from './check-models.ts';
import { checkNetwork } from './check-network.ts';
import { checkPython } from './check-python.ts';
import { checkSandboxImage } from './check-sandbox-image.ts';
import { checkUv } from './check-uv.ts';
import { checkWorkerEnvironment } from './check-worker-environment.ts';
import type { CheckOutcome, RLMCheckName, RLMDiagnosis } from './diagnosis.ts';
import type { Subject } from './subject.ts';

/** The options that a run would get, and where it would look for the rest. */
export interface RLMDiagnoseOptions extends RLMOptions {
  /** Variables to look at. Default: the process's. */
  env?: { [name: string]: string | undefined } | undefined;
}

/** Longest wait for uv and Python; the worker and the container runtime have limits of their own. */
const COMMAND_TIMEOUT_MS = 20_000;

/**
 * Looks at everything that a run with these options needs of the machine: uv, Python, the worker's environment, the
 * container runtime, the sandbox's image and limits, the folders that it writes, the network's settings, the names of the keys,
 * and the models that the options name. It changes nothing: nothing is installed, pulled or prepared, and no model is asked. What it
 * finds is in the result, whatever it is.
 * @throws {RLMError} `invalid_options` (as a rejection), and nothing else.
 * @example
 * ```ts
 * const diagnosis = await diagnose({ environment: 'docker' });
 * if (!diagnosis.ok) console.error(formatDiagnosis(diagnosis));
 * ```
 */
export async function diagnose(options: RLMDiagnoseOptions = {}): Promise<RLMDiagnosis> {
  return await examine(options, false);
}

/**
 * Makes ready what a run with these options needs of the machine, so that the first run has nothing left to make or to fetch:
 * the worker's Python environment is made with uv in the cache folder, readable by every user. Then it looks at everything
 * that {@link diagnose} does. A sandbox image that is not here is a failed check, and not one to be pulled later.
 * @throws {RLMError} `invalid_options` (as a rejection), and nothing else but the signal's reason.
 * @example
 * ```ts
 * const diagnosis = await prepare({ environment: 'docker' });
 * if (!diagnosis.ok) throw new Error(formatDiagnosis(diagnosis));
 * ```
 */
export async function prepare(options: RLMDiagnoseOptions = {}): Promise<RLMDiagnosis> {
  return await examine(options, true);
}

async function examine({ env = process.env, ...others }: RLMDiagnoseOptions, prepares: boolean): Promise<RLMDiagnosis> {
  await readyToParse(others);
  const parsed = parseOptions(others);
  // Where auto finds nothing, what Docker lacks is told.
  const options = await settleEnvironment(parsed, env).catch(() => settledOn('docker', parsed));
  const { environment, environmentOptions, python, uv } = options;
  const { signal = new AbortController().signal } = options;
  const subject: Subject = { options, environment, environmentOptions, python, uvPath: uv?.path, prepares, env };
  const timeout = () => AbortSignal.timeout(COMMAND_TIMEOUT_MS);
  // First, since the others look at what it made.
  const worker = await conclude('worker-environment', checkWorkerEnvironment(subject, signal));
  const runtime = await conclude('container-runtime', checkContainerRuntime(subject));
  const models = await conclude('models', checkModels(subject));
  const checks = [
    await conclude('uv', checkUv(subject, timeout())),
    await conclude('python', checkPython(subject, timeout())),
    worker,
    runtime,
    await conclude('sandbox-image', checkSandboxImage(subject, runtime.details !== null)),
    await conclude('folders', checkFolders(subject)),
    await conclude('network', checkNetwork(subject, asksProvider(models))),
    await conclude('keys', checkKeys(subject, models.details === null)),
    models,
  ];
  if (prepares) signal.throwIfAborted();
  return { ok: checks.every(({ status }) => status !== 'failed'), checks };
}

/** What mends an error, where a command does. */
const COMMANDS: Partial<Record<RLMErrorCode, string>> = { uv_not_found: 'pipx install uv' };

/** A check that could not come to an end is a failed one, and the error says why. */
async function conclude<N extends RLMCheckName>(
  name: N,
  verdict: Promise<CheckOutcome<N>>,
): Promise<{ name: N } & CheckOutcome<N>> {
  try {
    return { name, ...(await verdict) };
  } catch (error) {
    const advice = thrownText(limitOr(error));
    const command = RLMError.isInstance(error) ? COMMANDS[error.code] : undefined;
    return { name, status: 'failed', summary: 'not usable', advice, command, details: null };
  }
}
