import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, expect, test } from 'vitest';
import { fateOf, ownIdentity } from '../../src/process/process-identity.ts';

const PROGRAM = join(import.meta.dirname, '../../src/process/process-identity.ts');
const SAY = `const { ownIdentity } = await import(${JSON.stringify(PROGRAM)}); console.log(JSON.stringify(ownIdentity()));`;
const SAY_AND_STAY = `${SAY} setInterval(() => {}, 1000);`;

let child: ChildProcess | undefined;

afterEach(() => child?.kill('SIGKILL'));

/** A process that says who it is, and stays. */
async function startOne() {
  child = spawn(process.execPath, ['--input-type=module', '-e', SAY_AND_STAY], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = child.stdout === null ? [] : await once(child.stdout, 'data');
  return { child, identity: JSON.parse(String(said)) };
}

test('this process runs', () => expect(fateOf(ownIdentity())).toBe('running'));

test('a process runs until it has ended, and is gone then', async () => {
  const { child, identity } = await startOne();
  expect(fateOf(identity)).toBe('running');
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  expect(fateOf(identity)).toBe('gone');
});

test('a process that is stopped runs', async () => {
  const { child, identity } = await startOne();
  child.kill('SIGSTOP');
  expect(fateOf(identity)).toBe('running');
});

test('a process of another space cannot be seen', () => {
  expect(fateOf({ ...ownIdentity(), space: 'elsewhere' })).toBe('unknown');
});

if (process.platform === 'linux') {
  test('another process that has the number now is not the one that is meant', () => {
    expect(fateOf({ ...ownIdentity(), start: '1' })).toBe('gone');
  });

  test('a process that was killed and that nobody waits for is gone', async () => {
    // The shell becomes a program that never asks what came of its children.
    child = spawn('sh', ['-c', 'sleep 1000 & echo $!; exec sleep 1000'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = child.stdout === null ? [] : await once(child.stdout, 'data');
    const pid = Number(said);
    const identity = { ...ownIdentity(), pid, start: await startOf(pid) };
    expect(fateOf(identity)).toBe('running');
    process.kill(pid, 'SIGKILL');
    expect(process.kill(pid, 0)).toBe(true);
    await expect.poll(() => fateOf(identity)).toBe('gone');
  });

  async function startOf(pid: number): Promise<string> {
    const { stdout } = await execa('awk', ['{print $22}', `/proc/${pid}/stat`]);
    return stdout;
  }
}

if (process.getuid?.() === 0 && process.platform === 'linux') {
  test('a container has a space of its own, though it has the name of its host', async () => {
    const inside = ['--pid', '--fork', process.execPath, '--input-type=module', '-e', SAY];
    const { stdout } = await execa('unshare', inside);
    const { space } = JSON.parse(stdout);
    const [host] = ownIdentity().space.split(' ');
    expect(space.split(' ')[0]).toBe(host);
    expect(fateOf({ ...ownIdentity(), space })).toBe('unknown');
  });
}
