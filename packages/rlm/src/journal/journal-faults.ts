import { RLMError } from '../api/errors.ts';

/** A journal that is not what was written. `line` counts from 1, as editors do. */
export function corrupted(runId: string, line: number, what: string): RLMError {
  const advice = 'Restore it from a copy, or begin the run anew under another runId';
  return new RLMError(
    'journal_corrupted',
    `The journal of run "${runId}" is broken at line ${line}: ${what}. ${advice}.`,
  );
}

export function unsupported(runId: string, format: number, most: number): RLMError {
  return new RLMError(
    'journal_unsupported',
    `The journal of run "${runId}" has format ${format}; this release of rlm-bridge reads formats up to ${most}. Install a newer one.`,
  );
}

/** A run was asked for, and a session has its id. */
export function isSession(id: string): RLMError {
  const advice = 'Open it with openSession, or give the run another runId';
  return new RLMError('run_mismatch', `"${id}" is a session in this store, and no run. ${advice}.`);
}

/** A session was asked for, and a run has its id. */
export function isRun(id: string): RLMError {
  const advice = 'Go on with it by runRLM or resumeRLM, or give the session another sessionId';
  return new RLMError('run_mismatch', `"${id}" is a run in this store, and no session. ${advice}.`);
}
