import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FakeProvider, repl, type Script } from '@rlm-bridge/fake-provider';
import { expect, onTestFinished, test } from 'vitest';
import { finds, scriptedJudge } from '../../../assess/test/support/judge.ts';
import { OBEYED, obeyedIn, obeyedInFile } from '../../../assess/test/support/log-commands.ts';
import { Repository, temporaryFolder } from '../../../assess/test/support/repository.ts';
import { configFor, rlm } from './support/rlm.ts';

const ALL = OBEYED.map(([, text]) => text);
/** A file's name holds 255 bytes. */
const NAMES = ALL.filter((text) => Buffer.byteLength(text) < 200);

/** What a process printed, as a log has it. */
const printed = ({ stdout, stderr }: { stdout: unknown; stderr: unknown }) => obeyedIn(`${stdout}\n${stderr}`);

/** A work tree that has a file of each name, and the command over it. */
async function hostileWork(script: Script, content = 'eval(input);\n') {
  const fake = await FakeProvider.start(script);
  onTestFinished(() => fake.stop());
  const repository = await Repository.create();
  await repository.write(Object.fromEntries(NAMES.map((name) => [name, content])));
  const config = join(await temporaryFolder(), 'config.json');
  const run = JSON.parse(configFor(fake, { maxIterations: 3 }));
  const configure = (assess: object) =>
    writeFile(config, JSON.stringify({ ...run, assess: { cache: false, ...assess } }));
  await configure({});
  const command = (...args: string[]) =>
    rlm([...args, '--config', config], { cwd: repository.path, env: { CI: 'true' } });
  return { repository, configure, command };
}

const JUDGE = scriptedJudge({
  review: finds(/eval\(/, { severity: 'critical', category: 'security', rule: 'eval', message: ALL.join(' and ') }),
});

test('a hostile file name comes through no output of a judgement as it is', async () => {
  const { command } = await hostileWork(JUDGE);
  const folder = await temporaryFolder();
  const formats = ['sarif', 'junit', 'md', 'json', 'gitlab', 'rdjson'];
  const reports = formats.flatMap((format) => ['--report', `${format}=${join(folder, format)}`]);
  const judged = await command('assess', '--changed', '--base', 'main', ...reports);
  expect({ exitCode: judged.exitCode, printed: printed(judged) }).toEqual({ exitCode: 1, printed: [] });
  expect(judged.stdout).toContain('⟨U+003A⟩:notice title=rlm assess::PASS');
  for (const format of formats) {
    const report = await readFile(join(folder, format), 'utf8');
    expect(obeyedInFile(report), format).toEqual([]);
  }
});

test.each([
  ['as JSON', ['--json']],
  ['of a dry run as JSON', ['--dry-run', '--json']],
])('a hostile file name comes through no output %s', async (_, flags) => {
  const { command } = await hostileWork(JUDGE);
  const { stdout, stderr } = await command('assess', '--changed', '--base', 'main', ...flags);
  expect(stdout).toContain('title=rlm assess');
  expect([...obeyedInFile(String(stdout)), ...obeyedIn(String(stderr))]).toEqual([]);
  expect(stdout).not.toMatch(/##\w*\[/);
});

test('a hostile file name comes through no dry run', async () => {
  const { command } = await hostileWork(JUDGE);
  const dry = await command('assess', '--changed', '--base', 'main', '--dry-run');
  expect(dry.stdout).toContain('⟨U+003A⟩:notice title=rlm assess::PASS');
  expect(printed(dry)).toEqual([]);
});

test('GitHub is told in its own commands alone', async () => {
  const { command } = await hostileWork(JUDGE);
  const { stdout, stderr } = await command('assess', '--changed', '--base', 'main', '--github');
  const isOurs = (line: string) => /^::(?:error|warning|notice) /.test(line);
  const others = String(stdout)
    .split('\n')
    .filter((line) => !isOurs(line));
  expect(others[0]).toBe('changes: reading the work');
  expect([...obeyedIn(others.join('\n')), ...obeyedIn(stderr)]).toEqual([]);
});

test('the name of a file that is too large reaches stderr and progress written out', async () => {
  const { command, configure } = await hostileWork(JUDGE, 'far too long\n');
  await configure({ maxFileChars: 3 });
  const { exitCode, stdout, stderr } = await command('assess', '--changed', '--base', 'main');
  expect({ exitCode, printed: printed({ stdout, stderr }) }).toEqual({ exitCode: 3, printed: [] });
  for (const output of [stdout, stderr]) expect(output).toContain('⟨U+003A⟩:stop-commands::token');
});

test('what a model says is printed, and not obeyed: an answer in CI, an attempt, a failure', async () => {
  const said = `import json\nanswer["content"] = json.loads(${JSON.stringify(JSON.stringify(ALL.join('\n')))})`;
  const scripts: Script[] = [
    () => repl(`${said}\nanswer["ready"] = True`),
    () => repl(said),
    () => ({ status: 400, message: ALL.join(' ') }),
  ];
  for (const script of scripts) {
    const { command } = await hostileWork(script);
    expect(printed(await command('ask', 'What?', '--file', 'a.txt'))).toEqual([]);
  }
});
