import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { fixture, isAlive, until } from '../worker.ts';

const index = join(import.meta.dirname, '../../src/index.ts');

/** A user's script in a Node process of its own. */
async function script(body: string, env: Record<string, string> = {}) {
  const file = join(await mkdtemp(join(tmpdir(), 'rlm-test-')), 'script.mts');
  const options = (name: string) =>
    JSON.stringify({ backend: 'offline', environment: 'local', logDir: false, python: fixture(name) });
  const prelude = `
    import { runRLM } from ${JSON.stringify(index)};
    const answers = ${options('answers')};
    const dies = ${options('dies-mid-run')};
    const defiant = ${options('ignores-sigterm')};
    const politely = ${options('cancels-politely')};
  `;
  await writeFile(file, prelude + body);
  return execa('node', ['--conditions=source', file], { reject: false, nodeOptions: [], env });
}

test('a script ends by itself, its warm worker with it', async () => {
  const { exitCode, stdout, stderr } = await script(`
    const { answer } = await runRLM('text', 'q', answers);
    console.log(JSON.parse(answer).pid);
  `);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  await until(() => !isAlive(Number(stdout)));
});

test('iterating alone never causes an unhandled rejection', async () => {
  const { exitCode, stdout, stderr } = await script(`
    for await (const event of runRLM('text', '', answers)) console.log(event.type, event.code);
    for await (const event of runRLM('text', 'q', dies)) if (event.type === 'run.failed') console.log(event.code);
    const left = runRLM('text', '', answers);
    for await (const event of left) break;
  `);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toBe('run.failed invalid_options\nworker_exit');
});

test('a rejection that nobody looks at is an unhandled one, as of any promise', async () => {
  const { exitCode, stderr } = await script(`runRLM('text', '', answers);`);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('query must not be empty');
});

test('process.exit in the middle of a run removes its context', async () => {
  const TMPDIR = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  const { exitCode, stdout } = await script(
    `
    import { readdirSync } from 'node:fs';
    import { tmpdir } from 'node:os';
    for await (const { type } of runRLM('text', 'q', politely)) {
      if (type !== 'iteration.completed') continue;
      console.log(readdirSync(tmpdir()).length);
      process.exit(7);
    }
  `,
    { TMPDIR },
  );
  expect({ exitCode, stdout }).toEqual({ exitCode: 7, stdout: '1' });
  expect(await readdir(TMPDIR)).toEqual([]);
});

test('process.exit while a worker ignores SIGTERM leaves no process', async () => {
  const { exitCode, stdout } = await script(`
    const run = runRLM('text', 'q', defiant);
    for await (const event of run) {
      if (event.type === 'log') console.log(event.message);
      if (event.type === 'iteration.completed') run.abort();
    }
    process.exit(7);
  `);
  expect(exitCode).toBe(7);
  await until(() => !isAlive(Number(stdout)));
});
