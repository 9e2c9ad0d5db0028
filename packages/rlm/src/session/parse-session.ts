import { given } from '@rlm-bridge/options';
import { show } from '@rlm-bridge/text';
import { RLMError } from '../api/errors.ts';
import { isObject } from '../api/json.ts';
import type { RLMOptions } from '../api/options.ts';
import { OWN_ENVIRONMENTS, rulesOf } from '../options/environment-options.ts';
import { OPTION_NAMES, type ParsedOptions, parseOptions } from '../options/parse-options.ts';
import { ID_RULE, RUN_ID } from '../options/rules.ts';
import { type RLMSessionOptions, TURN_OPTIONS } from './session-options.ts';

const ONLY_OF_A_TURN = ['schema', 'validate', 'requireCoverage'] as const;
/** Options of the journal, which a turn has not by itself. */
const OF_THE_JOURNAL = ['store', 'onDivergence', 'onStoreFailure'] as const;

/** The options of a session: what a turn may add to, and what it comes to by itself. */
export interface ParsedSession {
  /** Undefined: none was asked for. */
  sessionId: string | undefined;
  given: RLMOptions;
  parsed: ParsedOptions;
}

/** @throws {RLMError} `invalid_options` */
export function parseSessionOptions(options: unknown = {}): ParsedSession {
  const { sessionId, ...ofRuns } = isObject(options) ? (options as RLMSessionOptions) : { sessionId: undefined };
  const parsed = parseOptions(isObject(options) ? ofRuns : options);
  const { strategy, environment } = parsed;
  const issues = ONLY_OF_A_TURN.filter((name) => parsed[name] !== undefined).map(
    (name) => `${name} is an option of a turn: give it to session.run.`,
  );
  if (parsed.runId !== undefined) issues.push('runId is an option of runRLM: a session has sessionId.');
  if (sessionId !== undefined && !(typeof sessionId === 'string' && RUN_ID.test(sessionId))) {
    issues.push(`sessionId must ${ID_RULE}; it is ${show(sessionId)}.`);
  }
  if (strategy !== 'recurse') {
    issues.push(`strategy must be 'recurse' in a session, which is a REPL that stays; it is '${strategy}'.`);
  }
  if (rulesOf(environment) === null) {
    issues.push(`environment must be ${OWN_ENVIRONMENTS} in a session; it is "${environment}".`);
  }
  if (issues.length > 0) throw new RLMError('invalid_options', `${issues.join(' ')} Nothing was started.`);
  const ofTurns = { ...given(ofRuns as RLMOptions) };
  for (const name of OF_THE_JOURNAL) delete ofTurns[name];
  return { sessionId, given: ofTurns, parsed };
}

/** That nothing but options of a turn is given; their values are judged with the rest. @throws {RLMError} `invalid_options` */
export function requireTurnOptions(options: unknown): void {
  if (!isObject(options)) throw new RLMError('invalid_options', 'The options of a turn must be an object.');
  const others = Object.keys(given(options)).filter((name) => !TURN_OPTIONS.some((known) => known === name));
  const issues = others.map((name) => {
    if (name === 'runId') return 'runId is an option of runRLM: a turn has the id that it gets.';
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
