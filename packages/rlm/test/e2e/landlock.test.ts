import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { memoryStore, RLMAbortError, resumeRLM, runRLM } from '../../src/index.ts';
import { isEffect, killedAfter, linesOf } from './support/journals.ts';
import { gone, repls } from './support/processes.ts';
import { optionsFor, PYTHON, provider, start } from './support/run.ts';
import { byQuery, open, turn } from './support/session.ts';

// What a REPL that confines itself has in common with every other: its messages, its ends, its turns, its lives.
const environment = 'landlock';
const FILES = { files: ['*.test.ts'], cwd: import.meta.dirname };

const tools = {
  price: {
    description: 'The price of a thing.',
    input: z.object({ thing: z.string() }),
    execute: ({ thing }: { thing: string }) => thing.length,
  },
};

test('a run reads files, asks models, calls tools, and opens nothing of this machine', async () => {
  const turns = [
    repl('said = llm_query_batched(["a", "b"])\nprint(said, price(thing="lamp"), sorted(context)[0])'),
    repl(`print(open(${JSON.stringify(import.meta.filename)}).read())`),
    submit('str(len(context))'),
  ];
  const fake = await provider(conversation({ turns, prompt: ({ text }) => `heard ${text}` }));
  const result = await runRLM(FILES, 'What is it?', optionsFor(fake, { environment, tools }));
  expect(result).toMatchObject({ success: true, environment, subCalls: 2 });
  const [first, second] = result.trajectory.flatMap(({ codeBlocks }) => codeBlocks);
  expect(first?.stdout).toContain("['heard a', 'heard b'] 4 abort.environments.test.ts");
  expect(second?.stderr).toContain('PermissionError: [Errno 13] Permission denied');
});

test('a child RLM has a REPL of its own, confined as its parent is; the log of the run names where it was', async () => {
  const fake = await provider(
    conversation({
      turns: [repl('said = rlm_query_batched(["a", "bb"])\nprint(said)'), submit('" ".join(said)')],
      childTurns: [repl('try:\n    open("/etc/passwd")\nexcept PermissionError:\n    kept = context'), submit('kept')],
    }),
  );
  const logDir = await mkdtemp(join(tmpdir(), 'rlm-landlock-'));
  onTestFinished(() => rm(logDir, { recursive: true }));
  const result = await runRLM('text', 'What is it?', optionsFor(fake, { environment, maxDepth: 2, logDir }));
  expect(result).toMatchObject({ success: true, answer: 'a bb', environment });
  const [metadata] = (await readFile(result.logFile ?? '', 'utf8')).split('\n');
  expect(JSON.parse(metadata ?? '')).toMatchObject({ type: 'metadata', environment_type: 'landlock' });
});

test('an abort ends a busy code block, and all that it started', async () => {
  const code = 'import os, signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nif os.fork() == 0: os.setsid()\n';
  const fake = await provider(conversation({ turns: [repl(`${code}print("busy", flush=True)\nwhile True: pass`)] }));
  const { run, event } = start(fake, { environment });
  run.catch(() => {});
  await event('codeBlock.output');
  const processes = repls();
  expect(processes.length).toBeGreaterThan(2);
  run.abort(new Error('changed my mind'));
  await expect(run).rejects.toBeInstanceOf(RLMAbortError);
  await gone(processes);
});

test('a session keeps its variables from turn to turn, and a prewarmed REPL serves the next run', async () => {
  const script = byQuery({ one: [repl('kept = 41'), submit('"first"')], two: [submit('str(kept + 1)')] });
  const fake = await provider(script);
  const session = await open(fake, { environment });
  expect(await turn(session, 'a context', 'one').run).toMatchObject({ answer: 'first' });
  expect(await turn(session, undefined, 'two').run).toMatchObject({ answer: '42', environment });
  const options = optionsFor(fake, { environment, environmentOptions: { prewarm: true } });
  for (const _ of [1, 2]) expect(await runRLM('text', 'one', options)).toMatchObject({ answer: 'first' });
});

test('a run that was killed goes on from its journal', async () => {
  const turns = [repl('one = llm_query("first")\nprint(one)'), submit('one + "!"')];
  const fake = await provider(conversation({ turns, prompt: ({ text }) => `heard ${text}` }));
  const store = memoryStore();
  const options = { ...optionsFor(fake, { environment }), store, runId: 'confined' };
  expect(await runRLM('text', 'What is it?', options)).toMatchObject({ answer: 'heard first!' });
  const lines = await linesOf(store, 'confined');
  const killed = await killedAfter(lines.findLastIndex(isEffect), store, 'confined');
  const again = { store: killed, python: PYTHON, quiet: true, apiKey: 'test-key' };
  expect(await resumeRLM('confined', again)).toMatchObject({ answer: 'heard first!', lives: 2, environment });
});
