import { given } from '@rlm-bridge/options';
import { RLMError, type RLMOptions, resolveModels } from 'rlm-bridge';
import { AssessError, WorkerError } from '../api/errors.ts';
import type { JudgeOptions, VerifierOptions } from '../api/options.ts';

/** One call each, an answer that does not fit handed back twice. */
const MOST_ANSWERS = 3;
const MAX_DURATION_MS = 300_000;

/** What a verifier takes from the judge besides: where and how its calls are made, and nothing of what is asked. */
const OF_JUDGE = ['python', 'uv', 'quiet', 'prices', 'isolation', 'logDir', 'environment'] as const;
/** Who serves it, as long as it names nobody else. */
const SERVED_BY = ['backend', 'apiKey', 'baseUrl', 'backendOptions'] as const;

/** Options of the run that takes a second look: one call with all that it is shown. */
export function verifierOptions(verifier: VerifierOptions, judge: JudgeOptions = {}): JudgeOptions {
  const { model, ...own } = given(verifier);
  const isOfJudge = own.backend === undefined || own.backend === judge.backend;
  const of = (names: readonly (keyof JudgeOptions)[]) =>
    Object.fromEntries(names.flatMap((name) => (judge[name] === undefined ? [] : [[name, judge[name]]])));
  const options = {
    logDir: false,
    ...of(OF_JUDGE),
    ...(isOfJudge ? of(SERVED_BY) : {}),
    ...own,
    rootModel: model,
    subModel: model,
    strategy: 'direct',
    maxIterations: MOST_ANSWERS,
    maxDurationMs: MAX_DURATION_MS,
  };
  return options as JudgeOptions;
}

/**
 * The name of the model, before anything is spent.
 * @throws {AssessError} `invalid_options`. @throws {WorkerError} `no_model`, where nothing could be verified.
 */
export function verifierModel(options: RLMOptions): string {
  if (options.backend === 'offline') {
    throw new AssessError(
      'invalid_options',
      "verifier: backend 'offline' is a program and no model. Name one with a model.",
    );
  }
  try {
    return resolveModels(options).root.model;
  } catch (cause) {
    if (!RLMError.isInstance(cause)) throw cause;
    const message = `verifier: ${cause.message}`;
    if (cause.code === 'invalid_options') throw new AssessError('invalid_options', message, { cause });
    throw new WorkerError('no_model', message, { cause });
  }
}
