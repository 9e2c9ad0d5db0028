import { readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { conversation, FakeProvider, repl, submit } from '@rlm-bridge/fake-provider';
import { fileStore, openSession } from 'rlm-bridge';
import { expect, onTestFinished, test } from 'vitest';
import { configFor, folderOf, rlm } from './support/rlm.ts';

test('runs of a store are listed, shown, replayed, verified, pruned and removed, without a provider', async () => {
  const fake = await FakeProvider.start(conversation({ turns: [submit("'done'")] }));
  onTestFinished(() => fake.stop());
  const cwd = await folderOf({ 'ship.txt': 'The Kestrel.', 'rlm.config.json': configFor(fake) });
  const args = ['ask', 'What?', '--file', 'ship.txt', '--store', 'kept', '--run-id', 'treaty', '--quiet'];
  expect(await rlm(args, { cwd })).toMatchObject({ exitCode: 0, stdout: 'done' });
  await fake.stop();
  const runs = (...more: string[]) => rlm(['runs', ...more, '--store', 'kept'], { cwd });
  expect((await runs('list')).stdout).toMatch(/^\d{4}-\S+Z {2}\d+ bytes {2}treaty$/);
  expect((await runs('show', 'treaty')).stdout).toBe('answered: done; 1 call, 1 process');
  const events = (await runs('replay', 'treaty')).stdout.split('\n').map((line) => JSON.parse(line));
  expect(events[0]).toMatchObject({ type: 'run.started', runId: 'treaty' });
  expect(events.at(-1)).toMatchObject({ type: 'run.completed', answer: 'done' });
  expect(await runs('verify', 'treaty')).toMatchObject({
    exitCode: 0,
    stdout: `${events.length} events, every line as it was written`,
  });
  expect(await runs('show', 'nobody')).toMatchObject({ exitCode: 2, stdout: '' });
  expect(await runs('prune', '--older-than', '1d')).toMatchObject({ exitCode: 0, stdout: '' });
  expect(await runs('prune', '--older-than', 'soon')).toMatchObject({ exitCode: 2 });
  const journal = join(cwd, 'kept', 'runs', 'treaty', 'journal.jsonl');
  await writeFile(
    journal,
    (await readFile(journal, 'utf8')).replace('Kestrel', 'kestrel').replace('"answered"', '"Answered"'),
  );
  const broken = await runs('verify', 'treaty');
  expect(broken).toMatchObject({
    exitCode: 3,
    stderr: expect.stringMatching(/is broken at line \d+: it is not what was written/),
  });
  expect(await runs('rm', 'treaty')).toMatchObject({ exitCode: 0 });
  expect(await runs('list')).toMatchObject({ exitCode: 0, stdout: '' });
});

test('verify --replay runs the code of a run again, without a provider, and says by its exit code whether it did the same', async () => {
  const fake = await FakeProvider.start(
    conversation({
      turns: [
        ({ messages }) =>
          JSON.stringify(messages).includes('When?')
            ? submit('str(__import__("time").time_ns())')
            : submit('llm_query("a")'),
      ],
      prompt: () => 'done',
    }),
  );
  onTestFinished(() => fake.stop());
  const cwd = await folderOf({ 'ship.txt': 'The Kestrel.', 'rlm.config.json': configFor(fake) });
  const ask = (query: string, id: string) =>
    rlm(['ask', query, '--file', 'ship.txt', '--store', 'kept', '--run-id', id, '--quiet'], { cwd });
  expect(await ask('What?', 'same')).toMatchObject({ exitCode: 0, stdout: 'done' });
  expect(await ask('When?', 'other')).toMatchObject({ exitCode: 0 });
  await fake.stop();
  const verify = (id: string) => rlm(['runs', 'verify', id, '--replay', '--store', 'kept'], { cwd });
  expect(await verify('same')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/\nthe code did the same again, over 2 calls of the journal$/),
  });
  expect(await verify('other')).toMatchObject({
    exitCode: 1,
    stdout: expect.stringMatching(
      /\nthe end differs: "answered: \d+" in the journal, "answered: \d+" now\nthe code did something else/,
    ),
  });
  expect(await verify('nobody')).toMatchObject({ exitCode: 2, stdout: '' });
});

test('a run that a limit ended goes on with a higher one, and another one begins from its middle: both ask only what is new', async () => {
  const fake = await FakeProvider.start(
    conversation({ turns: [repl("print(llm_query('part'))"), submit("'done'")], prompt: () => ({ text: 'heard' }) }),
  );
  onTestFinished(() => fake.stop());
  const cwd = await folderOf({ 'ship.txt': 'The Kestrel.', 'rlm.config.json': configFor(fake) });
  const args = ['--file', 'ship.txt', '--store', 'kept', '--run-id', 'treaty', '--max-iterations', '1', '--quiet'];
  const ended = await rlm(['ask', 'What?', ...args], { cwd });
  expect(ended).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('max_iterations') });
  const runs = (...more: string[]) => rlm(['runs', ...more, '--store', 'kept', '--quiet'], { cwd });
  const again = await runs('resume', 'treaty');
  expect(again).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('--max-iterations') });
  fake.forget();
  expect(await runs('resume', 'treaty', '--max-iterations', '3')).toMatchObject({ exitCode: 0, stdout: 'done' });
  expect(fake.served.length).toBe(1);
  fake.forget();
  const fork = await runs('fork', 'treaty', '--iteration', '2', '--run-id', 'other', '--json');
  expect(JSON.parse(fork.stdout)).toMatchObject({ runId: 'other', answer: 'done', iterations: 2 });
  expect(fake.served.length).toBe(1);
  expect(await runs('fork', 'treaty', '--iteration', '9')).toMatchObject({ exitCode: 2, stdout: '' });
});

test('a session of a store is listed as one, shown turn by turn, verified and removed', async () => {
  const fake = await FakeProvider.start(conversation({ turns: [submit("'done'")] }));
  onTestFinished(() => fake.stop());
  const cwd = await folderOf({});
  const session = await openSession({
    ...JSON.parse(configFor(fake)).run,
    quiet: true,
    store: fileStore(join(cwd, 'kept')),
    sessionId: 'support-42',
  });
  onTestFinished(() => session.close());
  await session.run('The Kestrel.', 'What?');
  await session.run(undefined, 'What else?');
  const runs = (...more: string[]) => rlm(['runs', ...more, '--store', 'kept'], { cwd });
  expect((await runs('list')).stdout).toMatch(/ {2}support-42 {2}\(session, being worked on\)$/);
  expect(await runs('rm', 'support-42')).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('has the run') });
  await session.close();
  expect((await runs('list')).stdout).toMatch(/ {2}support-42 {2}\(session\)$/);
  const shown = (await runs('show', 'support-42')).stdout.split('\n');
  expect(shown).toEqual(['turn 1 answered: done; 1 call, 1 process', 'turn 2 answered: done; 1 call, 1 process']);
  expect(await runs('verify', 'support-42')).toMatchObject({ exitCode: 0 });
  const resumed = await runs('resume', 'support-42');
  expect(resumed).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('is a session in this store') });
  expect(await runs('rm', 'support-42')).toMatchObject({ exitCode: 0 });
  expect((await runs('list')).stdout).toBe('');
});

test('prune removes runs and sessions that were written last before a time, and none that is being worked on', async () => {
  const fake = await FakeProvider.start(conversation({ turns: [submit("'done'")] }));
  onTestFinished(() => fake.stop());
  const cwd = await folderOf({ 'ship.txt': 'The Kestrel.', 'rlm.config.json': configFor(fake) });
  const store = fileStore(join(cwd, 'kept'));
  const open = async (sessionId: string) => {
    const options = { ...JSON.parse(configFor(fake)).run, quiet: true, store, sessionId };
    const session = await openSession(options);
    onTestFinished(() => session.close());
    expect(await session.run('The Kestrel.', 'What?')).toMatchObject({ success: true });
    return session;
  };
  const [over, held] = [await open('over'), await open('open')];
  await over.close();
  const args = ['--file', 'ship.txt', '--store', 'kept', '--quiet'];
  for (const id of ['old', 'new']) await rlm(['ask', 'What?', ...args, '--run-id', id], { cwd });
  const before = new Date(Date.now() - 3 * 86_400_000);
  for (const id of ['over', 'open', 'old']) await utimes(join(cwd, 'kept/runs', id, 'journal.jsonl'), before, before);
  const runs = async (...more: string[]) => (await rlm(['runs', ...more, '--store', 'kept'], { cwd })).stdout;
  expect((await runs('prune', '--older-than', '2d')).split('\n').sort()).toEqual(['old', 'over']);
  expect((await runs('list')).match(/(new|open|old|over)(?= |$)/gm)?.toSorted()).toEqual(['new', 'open']);
  expect(await held.run(undefined, 'What?')).toMatchObject({ success: true });
});
