import { resolve } from 'node:path';
import { counted, printable, printableJSON } from '@rlm-bridge/text';
import { fileStore, type RLMEvent, type RunStore, replayRLM, type StoredRun, verifyRLM } from 'rlm-bridge';
import { EXIT, type ExitCode } from '../exit/exit-codes.ts';
import type { PruneFlags, StoreFlags, VerifyFlags } from '../flags/runs-flags.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Every run, the newest first. */
export async function list(flags: StoreFlags, { cwd, stdout }: Terminal): Promise<ExitCode> {
  const store = storeOf(flags, cwd);
  for await (const run of store.list()) {
    stdout.write(`${printable(lineOf(run, await isSession(store, run.runId)))}\n`);
  }
  return EXIT.ok;
}

function lineOf({ runId, createdAt, bytes, isLeased }: StoredRun, isSession: boolean): string {
  const remarks = [isSession ? 'session' : '', isLeased ? 'being worked on' : ''].filter((remark) => remark !== '');
  const end = remarks.length === 0 ? '' : `  (${remarks.join(', ')})`;
  return `${createdAt.toISOString()}  ${bytes} bytes  ${runId}${end}`;
}

/** How a run ended and what it came to; of a session, a line for each of its turns. */
export async function show(runId: string, flags: StoreFlags, { cwd, stdout }: Terminal): Promise<ExitCode> {
  const store = storeOf(flags, cwd);
  const shown = new Map<string, ShownRun>();
  for await (const event of replayRLM(runId, { store })) {
    const run = shown.get(event.runId) ?? { calls: 0, lives: 1, last: event };
    if (event.type === 'call.completed') run.calls += 1;
    if (event.type === 'run.resumed') run.lives = event.life;
    shown.set(event.runId, { ...run, last: event });
  }
  const ofSession = await isSession(store, runId);
  const goOn = ofSession ? 'openSession, and the same query,' : 'the same rlm ask';
  for (const [turn, run] of [...shown.values()].entries()) {
    stdout.write(`${printable(`${ofSession ? `turn ${turn + 1} ` : ''}${told(run, goOn)}`)}\n`);
  }
  return EXIT.ok;
}

interface ShownRun {
  calls: number;
  lives: number;
  last: RLMEvent;
}

function told({ calls, lives, last }: ShownRun, goOn: string): string {
  return `${endOf(last, goOn)}; ${counted(calls, 'call')}, ${counted(lives, 'process', 'processes')}`;
}

function endOf(last: RLMEvent, goOn: string): string {
  if (last.type === 'run.completed') return `answered: ${last.answer}`;
  if (last.type === 'run.failed') return `failed (${last.code}): ${last.message}`;
  return `not ended: ${goOn} goes on with it`;
}

/** As the first line of its journal says. */
async function isSession(store: RunStore, runId: string): Promise<boolean> {
  for await (const line of store.read(runId)) return line.startsWith('{"record":"session"');
  return false;
}

/** Its events as they were. */
export async function replay(runId: string, flags: StoreFlags, { cwd, stdout }: Terminal): Promise<ExitCode> {
  const store = storeOf(flags, cwd);
  for await (const event of replayRLM(runId, { store })) stdout.write(`${printableJSON(event)}\n`);
  return EXIT.ok;
}

/** Checks every line of a journal; and, where that is asked for, whether its code does the same again. */
export async function verify(runId: string, flags: VerifyFlags, terminal: Terminal): Promise<ExitCode> {
  const store = storeOf(flags, terminal.cwd);
  let events = 0;
  for await (const _ of replayRLM(runId, { store })) events += 1;
  terminal.stdout.write(`${counted(events, 'event')}, every line as it was written\n`);
  return flags.replay && !(await verifyCode(store, runId, terminal)) ? EXIT.failed : EXIT.ok;
}

/** Whether the code of a run does the same again. */
async function verifyCode(store: RunStore, runId: string, { stdout, signal }: Terminal): Promise<boolean> {
  const { isSame, differences, replayedCalls } = await verifyRLM(runId, { store, signal });
  for (const { node, iteration, codeBlock, what, recorded, now } of differences) {
    const where = what === 'end' ? 'the end' : `node ${node}, iteration ${iteration}, code block ${codeBlock}: ${what}`;
    stdout.write(`${printable(`${where} differs: ${shown(recorded)} in the journal, ${shown(now)} now`)}\n`);
  }
  const same = isSame ? 'the code did the same again' : 'the code did something else';
  stdout.write(`${same}, over ${counted(replayedCalls, 'call')} of the journal\n`);
  return isSame;
}

function shown(text: string | null): string {
  return text === null ? 'nothing' : JSON.stringify(text);
}

/** Removes a run, and what only it has. */
export async function remove(runId: string, flags: StoreFlags, { cwd }: Terminal): Promise<ExitCode> {
  await storeOf(flags, cwd).remove(runId);
  return EXIT.ok;
}

/** Removes the runs that were written last before a time. */
export async function prune(flags: PruneFlags, { cwd, stdout }: Terminal): Promise<ExitCode> {
  const store = storeOf(flags, cwd);
  const before = Date.now() - flags.olderThan;
  for (const { runId, changedAt, isLeased } of await Array.fromAsync(store.list())) {
    if (isLeased || changedAt.getTime() >= before) continue;
    await store.remove(runId);
    stdout.write(`${printable(runId)}\n`);
  }
  return EXIT.ok;
}

function storeOf({ store }: StoreFlags, cwd: string): RunStore {
  return fileStore(resolve(cwd, store));
}
