import { given } from '@rlm-bridge/options';
import { RLMError } from '../api/errors.ts';
import { isObject } from '../api/json.ts';
import type { RLMOptions } from '../api/options.ts';
import { OPTION_NAMES, type ParsedOptions, parseOptions } from '../options/parse-options.ts';
import { TURN_OPTIONS } from './session-options.ts';

const ONLY_OF_A_TURN = ['schema', 'validate', 'requireCoverage'] as const;
const ONLY_OF_A_RUN = ['store', 'runId', 'onDivergence', 'onStoreFailure'] as const;
const ENVIRONMENTS = ['docker', 'local'];

/** What a turn may add to, and what it comes to by itself. @throws {RLMError} `invalid_options` */
export function parseSessionOptions(options: unknown = {}): { given: RLMOptions; parsed: ParsedOptions } {
  const parsed = parseOptions(options);
  const { strategy, environment } = parsed;
  const issues = ONLY_OF_A_TURN.filter((name) => parsed[name] !== undefined).map(
    (name) => `${name} is an option of a turn: give it to session.run.`,
  );
  for (const name of ONLY_OF_A_RUN) if (isObject(options) && options[name] !== undefined) issues.push(ofARun(name));
  if (strategy !== 'recurse') {
    issues.push(`strategy must be 'recurse' in a session, which is a REPL that stays; it is '${strategy}'.`);
  }
  if (!ENVIRONMENTS.includes(environment)) {
    issues.push(`environment must be 'docker' or 'local' in a session; it is '${environment}'.`);
  }
  if (issues.length > 0) throw new RLMError('invalid_options', `${issues.join(' ')} Nothing was started.`);
  return { given: given(options as RLMOptions), parsed };
}

/** That nothing but options of a turn is given; their values are judged with the rest. @throws {RLMError} `invalid_options` */
export function requireTurnOptions(options: unknown): void {
  if (!isObject(options)) throw new RLMError('invalid_options', 'The options of a turn must be an object.');
  const others = Object.keys(given(options)).filter((name) => !TURN_OPTIONS.some((known) => known === name));
  const issues = others.map((name) => {
    if (ONLY_OF_A_RUN.some((known) => known === name)) return ofARun(name);
    return OPTION_NAMES.includes(name)
      ? `${name} is an option of the session: give it to openSession.`
      : `Unknown option "${name}" of a turn; there are ${TURN_OPTIONS.join(', ')}.`;
  });
  if (issues.length > 0) throw new RLMError('invalid_options', `${issues.join(' ')} Nothing was started.`);
}

/** The options of one turn of a session. */
export function mergeOptions(session: RLMOptions, turn: unknown): RLMOptions {
  if (!isObject(turn)) return session;
  const merged: RLMOptions = { ...session, ...given(turn) };
  const { signal } = merged;
  if (session.signal instanceof AbortSignal && signal instanceof AbortSignal && signal !== session.signal) {
    merged.signal = AbortSignal.any([session.signal, signal]);
  }
  return merged;
}

function ofARun(name: string): string {
  return `${name} is an option of runRLM: a session is kept nowhere.`;
}
