import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, rlm } from './support/rlm.ts';

const OFFLINE = ['--backend', 'offline', '--no-log-dir'];
/** Of a machine that has no daemon. */
const WITHOUT_DOCKER = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };

test('without Docker the command runs model code in landlock, by itself, and its result says so', async () => {
  const cwd = await folderOf({ 'book.txt': 'The mate raised the alarm at four.' });
  const args = ['ask', 'Who raised the alarm?', '--file', 'book.txt', '--json', ...OFFLINE];
  const { stdout, stderr, exitCode } = await rlm(args, { cwd, env: WITHOUT_DOCKER });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(stdout)).toMatchObject({ success: true, environment: 'landlock' });
});

test('an image that is asked for is never let be: without Docker the run says so, and what to do', async () => {
  const cwd = await folderOf({ 'book.txt': 'The mate raised the alarm at four.' });
  const args = ['ask', 'Who raised the alarm?', '--file', 'book.txt', '--image', 'python:3.12-slim', ...OFFLINE];
  for (const more of [[], ['--environment', 'auto']]) {
    const { stderr, exitCode } = await rlm([...args, ...more], { cwd, env: WITHOUT_DOCKER });
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/docker does not answer .* Start it, or use --environment landlock on Linux/s);
  }
});

test('and doctor says which it is', async () => {
  const cwd = await folderOf({});
  const { stdout } = await rlm(['doctor', '--json', ...OFFLINE], { cwd, env: WITHOUT_DOCKER });
  const checks = JSON.parse(stdout).checks as { name: string; status: string; summary: string }[];
  const ofName = (name: string) => checks.find((check) => check.name === name);
  expect(ofName('container-runtime')).toMatchObject({ summary: 'not needed by environment "landlock"' });
  expect(ofName('sandbox-image')?.summary).toContain('cpuSeconds 3600');
});

test('and what a machine lacks that has neither', async () => {
  const cwd = await folderOf({});
  const python = join(cwd, 'python');
  await writeFile(
    python,
    '#!/bin/sh\necho "environment \'landlock\' cannot be used: this machine was started with it off."\n',
  );
  await chmod(python, 0o755);
  const args = ['doctor', '--json', ...OFFLINE];
  const { stdout } = await rlm(args, { cwd, env: { ...WITHOUT_DOCKER, RLM_PYTHON: python } });
  expect(JSON.parse(stdout).checks).toContainEqual(
    expect.objectContaining({
      name: 'sandbox-image',
      status: 'failed',
      summary: 'Landlock cannot be used here',
      advice: expect.stringContaining('started with it off'),
    }),
  );
});
