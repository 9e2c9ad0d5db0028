import { setImmediate as turn } from 'node:timers/promises';
import { counted, printable, printableJSON, printableLines } from '@rlm-bridge/text';
import { RLMAbortError, type RLMPartialResult, type RLMResult, type RLMRun } from 'rlm-bridge';
import { EXIT, type ExitCode } from '../exit/exit-codes.ts';
import { inFlags } from '../exit/flag-words.ts';
import { RunProgress } from './progress.ts';
import { colored, type Terminal } from './terminal.ts';

/** How a run is shown, as commander gives it. */
export interface OutputFlags {
  json?: boolean;
  events?: boolean;
  quiet?: boolean;
}

/** What ends a run of the command: a signal, or that nobody reads what it prints. */
export function untilUnwanted({ signal, unread }: Terminal): AbortSignal {
  return AbortSignal.any([signal, ...(unread ? [unread] : [])]);
}

/** Follows a run to its end, and shows its answer, or why there is none. */
export async function showRun(run: RLMRun<unknown>, flags: OutputFlags, terminal: Terminal): Promise<ExitCode> {
  const showing = flags.quiet === true ? undefined : new RunProgress(terminal.stderr, terminal.env).follow(run);
  if (flags.events === true) for await (const event of run) writeJSON(terminal, event);
  await showing;
  const result = await endOf(run);
  report(result, flags, terminal);
  // A pipe says that nobody is there once it has been written to.
  await turn();
  const isUnread = terminal.unread?.aborted === true;
  if (flags.quiet !== true || isUnread) terminal.stderr.write(`${printable(spent(result))}\n`);
  if (isUnread) return EXIT.unread;
  return result.success ? EXIT.ok : EXIT.inconclusive;
}

type Ended = RLMResult<unknown> | (RLMPartialResult & { stopReason: 'aborted'; error: RLMAbortError });

/** A run that was ended has a result too: what it had learned and spent. */
async function endOf(run: RLMRun<unknown>): Promise<Ended> {
  try {
    return await run;
  } catch (error) {
    if (!RLMAbortError.isInstance(error)) throw error;
    return { ...error.result, stopReason: 'aborted', error };
  }
}

/** What it took, and where it can be read again. */
function spent({ iterations, subCalls, costUsd, durationMs, logFile }: Ended): string {
  const cost = costUsd === null ? 'cost unknown' : `$${costUsd.toFixed(4)}`;
  const log = logFile === null ? '' : `, log ${logFile}`;
  const turns = `${counted(iterations, 'iteration')}, ${counted(subCalls, 'sub-call')}`;
  return `${turns}, ${cost}, ${(durationMs / 1000).toFixed(1)} s${log}`;
}

function report(result: Ended, flags: OutputFlags, terminal: Terminal): void {
  const { stdout, stderr } = terminal;
  if (flags.events === true) writeJSON(terminal, { type: 'result', result });
  else if (flags.json === true) stdout.write(`${printableJSON(result, 2)}\n`);
  else if (result.success) {
    stdout.write(`${shownAnswer(result.answer, terminal)}\n`);
  }
  if (result.success) return;
  stderr.write(
    `${colored(terminal, 'red', 'no answer')} (${result.stopReason}): ${printable(inFlags(result.error.message))}\n`,
  );
  if (result.partialAnswer !== null && flags.json !== true && flags.events !== true) {
    stderr.write(`best so far: ${printableLines(result.partialAnswer)}\n`);
  }
}

/** A text is given to a program as it is; a terminal and the log of a CI system would obey some of them. */
function shownAnswer(answer: unknown, { stdout, env }: Terminal): string {
  if (typeof answer !== 'string') return printableJSON(answer, 2);
  return stdout.isTTY === true || env.CI ? printableLines(answer) : answer;
}

function writeJSON({ stdout }: Terminal, value: unknown): void {
  stdout.write(`${printableJSON(value)}\n`);
}
