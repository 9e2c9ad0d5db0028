import { Readable } from 'node:stream';
import type { AssessEvent } from '@rlm-bridge/assess';
import type { RLMEvent, RLMRun } from 'rlm-bridge';
import { expect, onTestFinished, test, vi } from 'vitest';
import { main } from '../../src/main.ts';
import { AssessProgress } from '../../src/terminal/assess-progress.ts';
import { RunProgress } from '../../src/terminal/progress.ts';
import type { Terminal } from '../../src/terminal/terminal.ts';

const CLEAR_LINE = '\r\u001b[2K';
const RED = '\u001b[31m';

/** A terminal that keeps what is written, and the lines of stderr as they are left on the screen. */
function terminal(isTTY: boolean, env: NodeJS.ProcessEnv = {}, columns = 80) {
  const written = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    isTTY,
    columns,
    write(text: string) {
      written[name] += text;
    },
  });
  const { signal } = new AbortController();
  const to: Terminal = {
    stdin: Readable.from([]),
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    cwd: '/',
    env,
    signal,
  };
  return { ...to, written, left: () => written.stderr.split('\n').map((line) => line.split(CLEAR_LINE).at(-1)) };
}

const totals = { subCalls: 4, costUsd: 0.0123 };
const RUN = [
  { type: 'iteration.started', depth: 0, iteration: 1 },
  { type: 'call.completed', totals },
  { type: 'log', level: 'warning', message: 'slow provider' },
  { type: 'iteration.completed', depth: 0, iteration: 1 },
] as RLMEvent[];

/** As a run: its events, in order. */
const runOf = (events: RLMEvent[]) => Readable.from(events) as unknown as RLMRun<unknown>;

const WORK = [
  { type: 'worker.started', workerId: 'auth' },
  { type: 'evidence.collected', workerId: 'auth', files: 2, chars: 90 },
  { type: 'sample.started', workerId: 'auth', sample: 1 },
  { type: 'sample.event', workerId: 'auth', sample: 1, event: { type: 'iteration.started', depth: 0, iteration: 3 } },
  { type: 'sample.completed', workerId: 'auth', sample: 1, error: null, costUsd: 0.5 },
  { type: 'worker.completed', workerId: 'auth', assessment: { verdict: 'pass', reason: 'no finding gates' } },
] as unknown as AssessEvent[];

test('a run on a TTY is one line, rewritten and gone in the end; a remark stays', async () => {
  const { stderr, written, left } = terminal(true);
  await new RunProgress(stderr, {}).follow(runOf(RUN));
  const states = written.stderr.split(CLEAR_LINE);
  expect(states).toContain('0:00 iteration 1, 0 sub-calls, $0.0000');
  expect(states).toContain('0:00 iteration 1, 4 sub-calls, $0.0123');
  expect(left()).toEqual(['warning: slow provider', '']);
});

test('before its first iteration a run is starting; one prompt has none', async () => {
  const { stderr, written } = terminal(true);
  const events = [{ type: 'run.started' }, { type: 'strategy.chosen', strategy: 'direct' }] as RLMEvent[];
  await new RunProgress(stderr, {}).follow(runOf(events));
  const states = written.stderr.split(CLEAR_LINE);
  expect(states).toContain('0:00 starting, 0 sub-calls, $0.0000');
  expect(states).toContain('0:00 one prompt, 0 sub-calls, $0.0000');
});

test.each([
  ['no TTY', false, {}],
  ['CI', true, { CI: 'true' }],
])('a run with %s: plain lines, one for each iteration', async (_, isTTY, env) => {
  const { stderr, written } = terminal(isTTY, env);
  await new RunProgress(stderr, env).follow(runOf(RUN));
  expect(written.stderr).toBe('warning: slow provider\niteration 1, 4 sub-calls, $0.0123\n');
});

test('workers on a TTY are one line of stderr, rewritten and gone in the end', () => {
  const { written, left, ...to } = terminal(true);
  const progress = new AssessProgress(to, { workers: 2, isMachine: false });
  for (const event of WORK) progress.show(event);
  const states = written.stderr.split(CLEAR_LINE);
  expect(states).toContain('0:00 0 of 2 workers judged, $0.0000; auth: sample 1, iteration 3');
  expect(states).toContain('0:00 0 of 2 workers judged, $0.5000; auth: judged, $0.5000');
  expect(states.at(-1)).toBe('0:00 1 of 2 workers judged, $0.5000');
  progress.end();
  expect(left()).toEqual(['']);
  expect(written.stdout).toBe('');
});

test('the clock goes on while nothing happens, and a terminal of 0 columns shows the line', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const { written, ...to } = terminal(true, {}, 0);
  const progress = new AssessProgress(to, { workers: 2, isMachine: false });
  for (const event of WORK.slice(0, 3)) progress.show(event);
  vi.advanceTimersByTime(125_000);
  progress.end();
  const states = written.stderr.split(CLEAR_LINE);
  expect(states.at(-2)).toBe('2:05 0 of 2 workers judged, $0.0000; auth: judging, sample 1');
  vi.advanceTimersByTime(60_000);
  expect(written.stderr.split(CLEAR_LINE)).toEqual(states);
});

test('a live line is never longer than the terminal: it could not be rewritten', async () => {
  const { written, ...to } = terminal(true, {}, 20);
  await new RunProgress(to.stderr, {}).follow(runOf(RUN.filter(({ type }) => type !== 'log')));
  const progress = new AssessProgress(to, { workers: 2, isMachine: false });
  for (const event of WORK) progress.show(event);
  for (const state of written.stderr.split(CLEAR_LINE)) expect(state.length).toBeLessThan(20);
});

test.each([
  ['no TTY', false, {}],
  ['CI', true, { CI: 'true' }],
])('workers with %s: plain lines of stdout, and stderr is left to the verdict', (_, isTTY, env) => {
  const { written, ...to } = terminal(isTTY, env);
  const progress = new AssessProgress(to, { workers: 2, isMachine: false });
  for (const event of WORK) progress.show(event);
  progress.end();
  expect(written.stderr).toBe('');
  expect(written.stdout.split('\n')).toEqual([
    'auth: reading the work',
    'auth: 2 files, 90 characters',
    'auth: judging, sample 1',
    'auth: judged, $0.5000',
    'auth: pass: no finding gates',
    '',
  ]);
});

test('a log that says nothing for a minute is told how far it is, and no word of it is a command of a runner', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const { written, ...to } = terminal(false);
  const progress = new AssessProgress(to, { workers: 2, isMachine: false });
  const call = (costUsd: number | null) => ({
    type: 'sample.event',
    workerId: 'auth',
    sample: 1,
    event: { type: 'call.completed', totals: { costUsd } },
  });
  for (const event of [...WORK.slice(0, 3), call(0.25)]) progress.show(event as AssessEvent);
  const before = written.stdout;
  vi.advanceTimersByTime(59_000);
  expect(written.stdout).toBe(before);
  vi.advanceTimersByTime(1_000);
  expect(written.stdout.slice(before.length)).toBe('0 of 2 workers judged, $0.2500; auth: judging, sample 1\n');
  for (const event of [call(null), { type: 'worker.started', workerId: '::error::x' }])
    progress.show(event as AssessEvent);
  vi.advanceTimersByTime(60_000);
  expect(written.stdout.trimEnd().split('\n').slice(-2)).toEqual([
    '⟨U+003A⟩:error::x: reading the work',
    '0 of 2 workers judged, at least $0.2500; auth: judging, sample 1 | ⟨U+003A⟩:error::x: reading the work',
  ]);
  progress.end();
  const left = written.stdout;
  vi.advanceTimersByTime(600_000);
  expect(written.stdout).toBe(left);
});

test('without a TTY nothing but the document is on the stdout of a machine', () => {
  const { written, ...to } = terminal(false);
  const progress = new AssessProgress(to, { workers: 2, isMachine: true });
  for (const event of WORK) progress.show(event);
  expect(written).toEqual({ stdout: '', stderr: '' });
});

test.each([
  ['a TTY', true, {}, true],
  ['a TTY with NO_COLOR', true, { NO_COLOR: '1' }, false],
  ['a dumb terminal', true, { TERM: 'dumb' }, false],
  ['no TTY', false, {}, false],
])('an error on %s is colored or not', async (_, isTTY, env, isColored) => {
  const { written, ...to } = terminal(isTTY, env);
  expect(await main(['assess'], to)).toBe(2);
  expect(written.stderr.startsWith(RED)).toBe(isColored);
  expect(written.stderr).toContain('Name workers, or pass --changed.');
});
