import { resolve } from 'node:path';
import { counted, printable, printableJSON } from '@rlm-bridge/assess';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { fileStore, type RLMEvent, type RunStore, replayRLM, type StoredRun, verifyRLM } from 'rlm-bridge';
import { EXIT, type ExitCode } from '../exit/exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { addGoingOn } from './going-on.ts';

interface Flags {
  store: string;
  olderThan: number;
  replay?: boolean;
}

const DAY_MS = 86_400_000;
const UNITS_MS: Readonly<Record<string, number>> = { h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS };

/** `rlm runs`: the runs and sessions of a store. All but going on with one looks at them without a model and without money. */
export function addRuns(program: Command, terminal: Terminal, exit: (code: ExitCode) => void): void {
  const group = program.command('runs').description('The runs and sessions that a store keeps');
  addGoingOn(group, terminal, exit);
  const add = (name: string, description: string) =>
    group.command(name).description(description).option('--store <folder>', 'folder of the store', 'runs');
  const on = (task: (store: RunStore, runId: string) => Promise<void>) => async (runId: string, flags: Flags) => {
    await task(fileStore(resolve(terminal.cwd, flags.store)), runId);
    exit(EXIT.ok);
  };
  add('list', 'Every run, the newest first').action(async (flags: Flags) => {
    await list(fileStore(resolve(terminal.cwd, flags.store)), terminal);
    exit(EXIT.ok);
  });
  add('show <run-id>', 'How a run ended, and what it came to').action(on((store, id) => show(store, id, terminal)));
  add('replay <run-id>', 'Its events as they were, each a line of JSON').action(
    on((store, id) => replay(store, id, terminal)),
  );
  add('verify <run-id>', 'Check every line of its journal')
    .option('--replay', 'and run its code again over it: no model, no tool and no money')
    .action(async (runId: string, flags: Flags) => {
      const store = fileStore(resolve(terminal.cwd, flags.store));
      await verify(store, runId, terminal);
      exit(flags.replay && !(await verifyCode(store, runId, terminal)) ? EXIT.failed : EXIT.ok);
    });
  add('rm <run-id>', 'Remove a run, and what only it has').action(on((store, id) => store.remove(id)));
  add('prune', 'Remove the runs that were written last before a time')
    .addOption(new Option('--older-than <age>', 'as 12h, 30d or 8w').argParser(ageOf).makeOptionMandatory())
    .action(async (flags: Flags) => {
      await prune(fileStore(resolve(terminal.cwd, flags.store)), flags.olderThan, terminal);
      exit(EXIT.ok);
    });
}

function ageOf(text: string): number {
  const [, count = '', unit = ''] = /^([1-9]\d{0,5})([hdw])$/.exec(text) ?? [];
  const ms = Number(count) * (UNITS_MS[unit] ?? Number.NaN);
  if (Number.isFinite(ms) && ms > 0) return ms;
  throw new InvalidArgumentError('It must be an age as 12h, 30d or 8w.');
}

async function list(store: RunStore, { stdout }: Terminal): Promise<void> {
  for await (const run of store.list()) {
    stdout.write(`${printable(lineOf(run, await isSession(store, run.runId)))}\n`);
  }
}

function lineOf({ runId, createdAt, bytes, isLeased }: StoredRun, isSession: boolean): string {
  const remarks = [isSession ? 'session' : '', isLeased ? 'being worked on' : ''].filter((remark) => remark !== '');
  const end = remarks.length === 0 ? '' : `  (${remarks.join(', ')})`;
  return `${createdAt.toISOString()}  ${bytes} bytes  ${runId}${end}`;
}

/** How a run ended and what it came to; of a session, a line for each of its turns. */
async function show(store: RunStore, runId: string, { stdout }: Terminal): Promise<void> {
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

async function replay(store: RunStore, runId: string, { stdout }: Terminal): Promise<void> {
  for await (const event of replayRLM(runId, { store })) stdout.write(`${printableJSON(event)}\n`);
}

async function verify(store: RunStore, runId: string, { stdout }: Terminal): Promise<void> {
  let events = 0;
  for await (const _ of replayRLM(runId, { store })) events += 1;
  stdout.write(`${counted(events, 'event')}, every line as it was written\n`);
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

async function prune(store: RunStore, ageMs: number, { stdout }: Terminal): Promise<void> {
  const before = Date.now() - ageMs;
  for (const { runId, changedAt, isLeased } of await Array.fromAsync(store.list())) {
    if (isLeased || changedAt.getTime() >= before) continue;
    await store.remove(runId);
    stdout.write(`${printable(runId)}\n`);
  }
}
