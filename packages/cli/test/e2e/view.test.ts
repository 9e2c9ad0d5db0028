import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { conversation, FakeProvider, repl, submit } from '@rlm-bridge/fake-provider';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { finds, scriptedJudge } from '../../../assess/test/support/judge.ts';
import { Repository } from '../../../assess/test/support/repository.ts';
import { configFor, folderOf, rlm, rlmProcess } from './support/rlm.ts';

const store = await mkdtemp(join(tmpdir(), 'rlm-cli-'));
afterAll(() => rm(store, { recursive: true }));

/** A store with a run `treaty`. */
beforeAll(async () => {
  const fake = await FakeProvider.start(conversation({ turns: [submit("'It was </script> Ada.'")] }));
  await writeFile(join(store, 'ship.txt'), 'The Kestrel.');
  await writeFile(join(store, 'rlm.config.json'), configFor(fake));
  const args = ['ask', 'Who?', '--file', 'ship.txt', '--store', 'kept', '--run-id', 'treaty', '--quiet'];
  expect(await rlm(args, { cwd: store })).toMatchObject({ exitCode: 0 });
  await fake.stop();
});

/** A folder with a copy of that store, `kept`. */
async function kept(): Promise<string> {
  const cwd = await folderOf({});
  await cp(join(store, 'kept'), join(cwd, 'kept'), { recursive: true });
  return cwd;
}

/** The command while it serves, and the address that it told. */
async function viewing(args: string[], cwd: string, env: Record<string, string> = {}) {
  const process = rlmProcess(['view', ...args], { cwd, env });
  onTestFinished(() => void process.kill('SIGKILL'));
  const address = new Promise<string>((resolve, reject) => {
    process.stdout?.once('data', (chunk) => resolve(String(chunk).trim()));
    process.then(({ stderr }) => reject(new Error(stderr)));
  });
  return { process, address: await address };
}

/** The same in this process, until it is ended as by a signal. */
async function viewingHere(args: string[], cwd: string) {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const address = Promise.withResolvers<string>();
  const reader = (text: string, from: string) => {
    if (from === 'stdout') address.resolve(text.trim());
  };
  const viewed = rlm(['view', ...args], { cwd, signal: stop.signal, reader });
  viewed.then(({ stderr }) => address.reject(new Error(stderr)));
  const end = async () => {
    stop.abort();
    return await viewed;
  };
  return { address: await address.promise, end };
}

test('rlm view tells the address of a page that shows the runs of a store, until Ctrl-C, which is 0', async () => {
  const cwd = await kept();
  const { process, address } = await viewing(['--store', 'kept', '--no-open'], cwd);
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
  const opened = await fetch(address);
  const [cookie = ''] = (opened.headers.get('set-cookie') ?? '').split(';');
  const [, folder] = /<base href="([^"]+)">/.exec(await opened.text()) ?? [];
  const runs = async () => (await fetch(new URL(`${folder}runs`, address), { headers: { cookie } })).json();
  // The list has names first, and what stands in each run when it was read.
  await expect.poll(runs, { timeout: 60_000 }).toMatchObject([{ id: 'treaty', status: 'answered', query: 'Who?' }]);
  process.kill('SIGINT');
  expect(await process).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('Ctrl-C ends it') });
});

test('a run is opened at its place, by its id or in a store that is named by its folder; in no browser where nobody sits', async () => {
  const cwd = await kept();
  const mark = join(cwd, 'opened');
  await writeFile(join(cwd, 'browser'), `#!/bin/sh\necho "$1" > ${mark}\n`, { mode: 0o755 });
  const { process, address } = await viewing(['treaty', '--store', 'kept'], cwd, {
    BROWSER: join(cwd, 'browser'),
    DISPLAY: ':0',
  });
  expect(address).toMatch(/#\/run\/treaty$/);
  process.kill('SIGTERM');
  expect(await process).toMatchObject({ exitCode: 0 });
  await expect(readFile(mark)).rejects.toThrow('ENOENT');
  const other = await viewingHere(['kept'], cwd);
  expect(new URL(other.address).hash).toBe('');
  await other.end();
});

test('a log of the official library is opened by its path, and written into a file with all of its runs', async () => {
  const log = fileURLToPath(new URL('../../../viewer/test/fixtures/official-logs/rlms-0.1.3.jsonl', import.meta.url));
  const cwd = await folderOf({ 'run.jsonl': await readFile(log, 'utf8'), 'other.txt': 'no log' });
  const { address, end } = await viewingHere(['run.jsonl'], cwd);
  expect(address).toMatch(/^http:/);
  expect(await end()).toMatchObject({ exitCode: 0 });
  const written = await rlm(['view', 'run.jsonl', '--html', 'run.html'], { cwd });
  expect(written).toMatchObject({ exitCode: 0 });
  const html = await readFile(join(cwd, 'run.html'), 'utf8');
  for (const place of [0, 1]) expect(html).toContain(`id="rlm-run-${place}"`);
  expect(await rlm(['view', 'other.txt', '--no-open'], { cwd })).toMatchObject({ exitCode: 2, stdout: '' });
});

test('--html writes a run into one file that has all of it, and asks for nothing', async () => {
  const cwd = await kept();
  const written = await rlm(['view', 'treaty', '--store', 'kept', '--html', 'out/treaty.html'], { cwd });
  expect(written).toMatchObject({ exitCode: 0, stdout: '', stderr: expect.stringMatching(/out\/treaty\.html$/) });
  const html = await readFile(join(cwd, 'out/treaty.html'), 'utf8');
  expect(html).toMatch(/^<!doctype html>/);
  expect(html).toContain("connect-src 'none'");
  expect(html).toContain('id="rlm-run-0-part-0"');
  expect(html).not.toMatch(/(?:src|href)="(?!data:)/);
  expect(html).not.toContain('test-key');
  // With a space and a full stop, which base64 of what is filed never has.
  expect(html).not.toContain(' Ada.');
});

test('the result of an assessment is opened by its path, with the runs of a store that judged it, and no others', async () => {
  const fake = await FakeProvider.start(scriptedJudge({ review: finds(/eval/, { rule: 'no-eval' }) }));
  onTestFinished(() => fake.stop());
  const repository = await Repository.create();
  await repository.branch('evil', { 'run.js': 'one();\neval(x);\nthree();\n' });
  const cwd = await folderOf({ 'config.json': configFor(fake), 'ship.txt': 'The Kestrel.' });
  const [store, config] = ['kept', 'config.json'].map((name) => join(cwd, name)) as [string, string];
  const kept = ['--store', store, '--assessment-id', 'night', '--report', `json=${join(cwd, 'rlm.json')}`];
  const judge = ['assess', 'evil', '--base', 'main', '--config', config, '--no-cache', '--fail-on', 'never', ...kept];
  expect(await rlm(judge, { cwd: repository.path })).toMatchObject({ exitCode: 0 });
  const ask = ['ask', 'Who?', '--file', 'ship.txt', '--store', 'kept', '--run-id', 'treaty', '--quiet'];
  await rlm([...ask, '--config', 'config.json'], { cwd });
  const { address, end } = await viewingHere(['rlm.json', '--store', 'kept'], cwd);
  const opened = await fetch(address);
  const [cookie = ''] = (opened.headers.get('set-cookie') ?? '').split(';');
  const [, folder] = /<base href="([^"]+)">/.exec(await opened.text()) ?? [];
  const read = async (door: string) =>
    (await fetch(new URL(`${folder}${door}`, address), { headers: { cookie } })).json();
  expect(await read('assessment')).toMatchObject({ excerpts: [{ from: 'run', lines: { length: 3 } }], missing: [] });
  expect(await read('runs')).toMatchObject([{ id: expect.stringMatching(/^night:evil-/) }]);
  expect(await read('run?id=treaty')).toEqual({ message: 'The assessment has no run "treaty".' });
  await end();
  expect(await rlm(['view', 'rlm.json', '--store', 'kept', '--html', 'rlm.html'], { cwd })).toMatchObject({
    exitCode: 0,
  });
  const html = await readFile(join(cwd, 'rlm.html'), 'utf8');
  expect(html).toContain('<title>Assessment: ');
  expect(html).toContain('id="rlm-run-0-part-0"');
  expect(html).not.toContain('id="rlm-run-1"');
  await writeFile(join(cwd, 'other.json'), '{"verdict":"pass","workers":[{}]}');
  const wrong = await rlm(['view', 'other.json'], { cwd });
  expect(wrong).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('is no result of an assessment of this version'),
  });
});

test.each([
  [['treaty', '--store', 'nowhere'], '--store nowhere: there is no such folder'],
  [['nobody', '--store', 'kept'], 'kept has no run "nobody": rlm runs list --store kept names those that it has'],
  [['--store', 'kept', '--html', 'out.html'], '--html writes one run: name it'],
  [['treaty', '--store', 'kept', '--html', '.'], '--html'],
  [['--port', '70000'], "option '--port <n>' argument '70000' is invalid. It must be a port"],
])('rlm view %j is told in the words of the command', async (args, message) => {
  const cwd = await kept();
  const { exitCode, stdout, stderr } = await rlm(['view', ...args], { cwd });
  expect({ exitCode, stdout, stderr }).toMatchObject({
    exitCode: 2,
    stdout: '',
    stderr: expect.stringContaining(message),
  });
});

test('a port that is taken is said so', async () => {
  const cwd = await kept();
  const { address, end } = await viewingHere(['kept'], cwd);
  const { port } = new URL(address);
  const second = await rlm(['view', 'kept', '--port', port], { cwd });
  expect(second).toMatchObject({
    exitCode: 2,
    stderr: `error: port ${port} is taken: choose another one, or none for one that is free.`,
  });
  await end();
});

test('rlm ask --view has the page of a run while it works; the answer is on stdout, and how to look again on stderr', async () => {
  const goOn = Promise.withResolvers<void>();
  const script = conversation({
    turns: [repl('print(llm_query("wait"))'), submit("'done'")],
    prompt: async () => {
      await goOn.promise;
      return 'waited';
    },
  });
  const fake = await FakeProvider.start(script);
  onTestFinished(() => fake.stop());
  const cwd = await folderOf({ 'ship.txt': 'The Kestrel.', 'rlm.config.json': configFor(fake) });
  const told = Promise.withResolvers<string>();
  const reader = (text: string, from: string) => {
    const [found] = /http:\S+/.exec(text) ?? [];
    if (from === 'stderr' && found !== undefined) told.resolve(found);
  };
  const asking = rlm(['ask', 'Who?', '--file', 'ship.txt', '--view'], { cwd, reader });
  asking.then(({ stderr }) => told.reject(new Error(stderr)));
  const address = await told.promise;
  const opened = await fetch(address);
  const [cookie = ''] = (opened.headers.get('set-cookie') ?? '').split(';');
  const [, folder] = /<base href="([^"]+)">/.exec(await opened.text()) ?? [];
  const id = decodeURIComponent(new URL(address).hash.replace('#/run/', ''));
  const following = await fetch(new URL(`${folder}changes?id=${id}`, address), { headers: { cookie } });
  let followed = '';
  for await (const chunk of following.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    followed += chunk;
    if (followed.includes('"status":"running"')) goOn.resolve();
  }
  expect(followed).toContain('"status":"running"');
  expect(followed).toMatch(/"status":"answered"[^\n]*\n\nevent: over/);
  const { exitCode, stdout, stderr } = await asking;
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'done' });
  const [, again = ''] = /To look at it again: rlm (view .*)/.exec(stderr) ?? [];
  expect(await rlm([...again.split(' '), '--html', 'again.html'], { cwd })).toMatchObject({ exitCode: 0 });
});
