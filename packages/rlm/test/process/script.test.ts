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
  return execa('node', ['--conditions=@rlm-bridge/source', file], { reject: false, nodeOptions: [], env });
}

test('iterating alone never causes an unhandled rejection, and a script ends by itself, its warm worker with it', async () => {
  const { exitCode, stdout, stderr } = await script(`
    for await (const event of runRLM('text', '', answers)) console.log(event.type, event.code);
    for await (const event of runRLM('text', 'q', dies)) if (event.type === 'run.failed') console.log(event.code);
    const left = runRLM('text', '', answers);
    for await (const event of left) break;
    const { answer } = await runRLM('text', 'q', answers);
    console.log(JSON.parse(answer).pid);
  `);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const [invalid, died, pid] = stdout.split('\n');
  expect([invalid, died]).toEqual(['run.failed invalid_options', 'worker_exit']);
  await until(() => !isAlive(Number(pid)));
});

test('a rejection that nobody looks at is an unhandled one, as of any promise', async () => {
  const { exitCode, stderr } = await script(`runRLM('text', '', answers);`);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('query must not be empty');
});

test('process.exit in the middle of a run removes its context, and leaves no worker, though it ignores SIGTERM', async () => {
  const TMPDIR = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  const { exitCode, stdout } = await script(
    `
    import { readdirSync } from 'node:fs';
    import { tmpdir } from 'node:os';
    const held = runRLM('text', 'q', politely);
    for await (const { type } of held) if (type === 'iteration.completed') break;
    console.log(readdirSync(tmpdir()).length);
    const stopped = runRLM('text', 'q', defiant);
    for await (const event of stopped) {
      if (event.type === 'log') console.log(event.message);
      if (event.type === 'iteration.completed') stopped.abort();
    }
    process.exit(7);
  `,
    { TMPDIR },
  );
  const [contexts, pid] = stdout.split('\n');
  expect({ exitCode, contexts }).toEqual({ exitCode: 7, contexts: '1' });
  expect(await readdir(TMPDIR)).toEqual([]);
  await until(() => !isAlive(Number(pid)));
});
