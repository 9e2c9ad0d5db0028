import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FakeProvider, HANG, type Script } from '@rlm-bridge/fake-provider';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { finds, scriptedJudge } from '../../../assess/test/support/judge.ts';
import { VERDICT_IN } from '../../../assess/test/support/report-verdicts.ts';
import { Repository, temporaryFolder } from '../../../assess/test/support/repository.ts';
import { configFor, PYTHON, rlm, rlmProcess } from './support/rlm.ts';

const JUDGE = scriptedJudge({
  review: finds(/eval\(/, {
    severity: 'critical',
    category: 'security',
    rule: 'eval',
    message: 'It runs what it is given.',
  }),
});
const KEYS = { ANTHROPIC_API_KEY: '', OPENAI_API_KEY: '', OPENROUTER_API_KEY: '', GEMINI_API_KEY: '' };

/** A repository with a clean branch and one with a defect, and a configuration outside it. */
async function gate(script: Script = JUDGE, run: Record<string, unknown> = {}) {
  const fake = await FakeProvider.start(script);
  onTestFinished(() => fake.stop());
  const repository = await Repository.create(undefined, {
    clean: { 'src/ok.js': 'export const one = 1;\n' },
    evil: { 'src/run.js': 'export const run = (text) => eval(text);\n' },
  });
  const config = join(await temporaryFolder(), 'config.json');
  const cache = join(await temporaryFolder(), 'cache');
  const configuration = JSON.parse(configFor(fake, { maxIterations: 3, ...run }));
  await writeFile(config, JSON.stringify({ ...configuration, assess: { cache: { dir: cache } } }));
  const given = ['assess', '--config', config, '--base', 'main'];
  const assess = (args: string[], env: Record<string, string> = {}) =>
    rlm([...given, ...args], { cwd: repository.path, env });
  const assessProcess = (args: string[], env: Record<string, string> = {}) =>
    rlmProcess([...given, ...args], { cwd: repository.path, env });
  return { fake, repository, config, assess, assessProcess };
}

test('a clean branch is 0, and the verdict is the first line on stderr', async () => {
  const { assess } = await gate();
  const { exitCode, stdout, stderr } = await assess(['clean']);
  expect({ exitCode, first: stderr.split('\n')[0] }).toEqual({ exitCode: 0, first: 'rlm assess: PASS: 1 of 1 pass' });
  expect(stdout).toContain('clean');
});

test('a defect is 1, in every report alike: each is written whole, and what is no file is written to', async () => {
  const { assess, repository } = await gate();
  const formats = ['sarif', 'junit', 'md', 'json', 'gitlab', 'rdjson'];
  const reports = formats.flatMap((format) => ['--report', `${format}=out/rlm.${format}`]);
  const pipe = join(await temporaryFolder(), 'pipe');
  await execa('mkfifo', [pipe]);
  const piped = readFile(pipe, 'utf8');
  const asked = ['clean', 'evil', '--json', ...reports, '--report', `md=${pipe}`];
  const { exitCode, stdout, stderr } = await assess(asked);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^rlm assess: FAIL: fails: evil/);
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'fail', success: true });
  const folder = join(repository.path, 'out');
  const written = await Promise.all(formats.map((format) => readFile(join(folder, `rlm.${format}`), 'utf8')));
  for (const text of written) expect(text).toContain('src/run.js');
  expect(JSON.parse(written[0] ?? '')).toMatchObject({ properties: { verdict: 'fail' } });
  expect(JSON.parse(written[3] ?? '')).toMatchObject({ verdict: 'fail' });
  expect(await piped).toBe(written[2]);
  expect((await readdir(folder)).filter((name) => name.includes('.new-'))).toEqual([]);
});

test('--github: annotations, the summary and the outputs of the step', async () => {
  const { assess } = await gate();
  const folder = await temporaryFolder();
  const files = { GITHUB_STEP_SUMMARY: join(folder, 'summary.md'), GITHUB_OUTPUT: join(folder, 'output') };
  for (const file of Object.values(files)) await writeFile(file, '');
  const { stdout } = await assess(['evil', '--github'], files);
  expect(stdout).toMatch(/^::error file=src\/run\.js,line=1,/m);
  expect(await readFile(files.GITHUB_STEP_SUMMARY, 'utf8')).toContain('src/run.js');
  expect(await readFile(files.GITHUB_OUTPUT, 'utf8')).toMatch(/^verdict=fail$/m);
});

test('--changed judges this checkout, what is not committed included', async () => {
  const { assess, repository } = await gate();
  await repository.write({ 'src/new.js': 'eval(process.argv[2]);\n' });
  const { exitCode, stdout } = await assess(['--changed']);
  expect(exitCode).toBe(1);
  expect(stdout).toContain('src/new.js');
});

test('a baseline: known findings do not fail with --new-only, and are forgotten when they are gone', async () => {
  const { assess, repository, config } = await gate();
  const file = join(await temporaryFolder(), 'baseline.json');
  await repository.branch('fixed', { 'src/run.js': 'export const run = (text) => JSON.parse(text);\n' });
  const baseline = (action: string, worker: string, ...more: string[]) =>
    rlm(['baseline', action, worker, '--config', config, '--base', 'main', '--output', file, ...more], {
      cwd: repository.path,
    });
  expect(await baseline('create', 'evil')).toMatchObject({ exitCode: 0, stdout: `${file}: 0 findings before, 1 now` });
  const again = await baseline('create', 'evil');
  expect(again).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('is there already') });
  expect(again.stderr).toContain('--force');
  expect(await baseline('create', 'evil', '--force')).toMatchObject({ stdout: `${file}: 1 finding before, 1 now` });
  const elsewhere = { stdout: `${file}: 1 finding before, 1 now (1 kept whose file was not judged)` };
  expect(await baseline('prune', 'clean')).toMatchObject(elsewhere);
  expect(await baseline('prune', 'no-such-branch')).toMatchObject({ exitCode: 3 });
  expect(await assess(['evil', '--baseline', file, '--new-only'])).toMatchObject({ exitCode: 0 });
  expect(await baseline('prune', 'fixed')).toMatchObject({ exitCode: 0, stdout: `${file}: 1 finding before, 0 now` });
  expect(await assess(['evil', '--baseline', file, '--new-only'])).toMatchObject({ exitCode: 1 });
});

test('--dry-run says what would be read and asks no model', async () => {
  const { assess, fake } = await gate();
  const { exitCode, stdout } = await assess(['evil', '--dry-run']);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^ +\d+ {2}src\/run\.js$/m);
  expect(stdout).toMatch(/^cost +\$0\.\d{4} to \$0\.\d{4}, the turns of the root model included$/m);
  expect(fake.served).toHaveLength(0);
});

test('--dry-run needs no key: it says which models a first key would choose, and that it is a guess', async () => {
  const { assess, config } = await gate();
  await writeFile(config, '{}');
  const { exitCode, stdout } = await assess(['evil', '--dry-run'], KEYS);
  expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('no key is set') });
  const named = await assess(['evil', '--dry-run', '--backend', 'openai', '--root-model', 'gpt-4.1'], KEYS);
  expect(named).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('root gpt-4.1 (openai)') });
});

test("the gate's own files are no work: reports that it wrote are not judged the next time", async () => {
  const { assess, repository } = await gate();
  await repository.write({ 'src/new.js': 'export const two = 2;\n' });
  const args = ['--changed', '--report', 'sarif=rlm.sarif', '--report', 'json=out/rlm.json', '--json'];
  const filesOf = async () => JSON.parse((await assess(args)).stdout).workers[0].evidence.files;
  expect([await filesOf(), await filesOf()]).toEqual([1, 1]);
});

test('--dry-run of a worker that is not there is 3', async () => {
  const { assess } = await gate();
  expect(await assess(['nobody', '--dry-run'])).toMatchObject({
    exitCode: 3,
    stdout: expect.stringContaining('nobody'),
  });
});

test('what could not be judged is 3, unless --on-error=pass, which says so loudly; so does --environment local', async () => {
  const { assess } = await gate(() => 'I would rather not.');
  const noSandbox = 'WARNING: --environment local is no sandbox: what the model writes runs as this user';
  const closed = await assess(['evil', '--environment', 'local']);
  expect(closed.exitCode).toBe(3);
  expect(closed.stderr).toContain(noSandbox);
  expect((await assess(['evil', '--environment', 'docker', '--dry-run'])).stderr).not.toContain(noSandbox);
  expect(closed.stderr).toMatch(/^rlm assess: INCONCLUSIVE/);
  const open = await assess(['evil', '--on-error', 'pass']);
  expect(open.exitCode).toBe(0);
  expect(open.stderr).toContain('WARNING: --on-error=pass lets work through that was NOT judged');
});

test('the main branch itself is 0 with a verdict of its own, in every report; --nothing-to-judge closes the gate', async () => {
  const { assess, repository, fake } = await gate();
  const formats = Object.keys(VERDICT_IN) as (keyof typeof VERDICT_IN)[];
  const reports = formats.flatMap((format) => ['--report', `${format}=out/rlm.${format}`]);
  const open = await assess(['main', ...reports], KEYS);
  expect({ exitCode: open.exitCode, said: open.stderr.split('\n').slice(0, 2) }).toEqual({
    exitCode: 0,
    said: [
      'rlm assess: NOTHING TO JUDGE: nothing to judge in main',
      'main: there is nothing to judge: nothing changed',
    ],
  });
  for (const format of formats) {
    const text = await readFile(join(repository.path, 'out', `rlm.${format}`), 'utf8');
    expect([format, VERDICT_IN[format](text)]).toEqual([format, 'nothing_to_judge']);
  }
  expect(await assess(['main', '--nothing-to-judge', 'inconclusive'])).toMatchObject({ exitCode: 3 });
  expect(await assess(['main', '--nothing-to-judge', 'fail'])).toMatchObject({ exitCode: 1 });
  const dry = await assess(['main', '--dry-run'], KEYS);
  expect(dry).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('nothing to judge: nothing changed') });
  expect(dry.stdout).toMatch(/^cost +\$0\.0000 to \$0\.0000/m);
  expect(fake.served).toEqual([]);
});

test('an unknown worker among others is 3: the others are judged', async () => {
  const { assess } = await gate();
  const { exitCode, stdout } = await assess(['clean', 'nobody', '--json']);
  expect(exitCode).toBe(3);
  const { workers } = JSON.parse(stdout);
  expect(workers.map(({ verdict }: { verdict: string }) => verdict)).toEqual(['pass', 'inconclusive']);
});

test('no key is 3, and stderr says which', async () => {
  const { assess, config } = await gate();
  await writeFile(config, '{}');
  const { exitCode, stderr } = await assess(['evil'], KEYS);
  expect(exitCode).toBe(3);
  expect(stderr.split('\n')[1]).toContain('ANTHROPIC_API_KEY');
});

test('the verdict is the first line on stderr also on a cold machine, where an installer runs before it', async () => {
  const { assessProcess } = await gate();
  const folder = await temporaryFolder();
  const uv = join(folder, 'uv');
  const lines = [
    '#!/bin/sh',
    'echo "Resolved 40 packages" >&2',
    'case "$1" in',
    '  --version) echo "uv 0.13.8" ;;',
    `  python) echo ${PYTHON} ;;`,
    `  sync) mkdir -p "$UV_PROJECT_ENVIRONMENT/bin"; printf '#!/bin/sh\\nexec ${PYTHON} "$@"\\n' > "$UV_PROJECT_ENVIRONMENT/bin/python"`,
    '    chmod 755 "$UV_PROJECT_ENVIRONMENT/bin/python"; echo "Installed 40 packages" >&2 ;;',
    'esac',
  ];
  await writeFile(uv, lines.join('\n'), { mode: 0o755 });
  const { exitCode, stderr } = await assessProcess(['clean'], {
    RLM_PYTHON: '',
    RLM_UV: uv,
    RLM_CACHE_DIR: join(folder, 'cache'),
  });
  expect({ exitCode, first: stderr.split('\n')[0] }).toEqual({ exitCode: 0, first: 'rlm assess: PASS: 1 of 1 pass' });
});

test.each([
  ['no workers', [], /Name workers, or pass --changed/],
  ['an unknown severity', ['evil', '--fail-on', 'bad'], /critical/],
  ['a report of no format', ['evil', '--report', 'pdf=x'], /format=path/],
  ['a report that cannot be written', ['evil', '--report', 'json=a.txt/x.json'], /a\.txt/],
  ['a missing rubric', ['evil', '--rubric', 'none.yaml'], /none\.yaml/],
  ['a score over 100', ['evil', '--min-score', '101'], /0 to 100/],
])('%s is 2, nothing is judged, and no report is left', async (_, args, message) => {
  const { assess, fake, repository } = await gate();
  const { exitCode, stderr } = await assess(['--report', 'sarif=rlm.sarif', ...args]);
  expect(existsSync(join(repository.path, 'rlm.sarif'))).toBe(false);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(message);
  expect(fake.served).toHaveLength(0);
});

test('SIGTERM is 143, with what was judged until then', async () => {
  const asked = Promise.withResolvers<void>();
  const { assessProcess } = await gate(() => {
    asked.resolve();
    return HANG;
  });
  const running = assessProcess(['evil', '--json']);
  await asked.promise;
  running.kill('SIGTERM');
  const { exitCode, stdout } = await running;
  expect(exitCode).toBe(143);
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'inconclusive', workers: [{ workerId: 'evil' }] });
});

test('--store: called again it asks no model, and the bill is that of both; in the judged work it is refused', async () => {
  const { assess, fake, repository } = await gate();
  const kept = ['--store', join(await temporaryFolder(), 'runs'), '--assessment-id', 'nightly', '--no-cache', '--json'];
  const first = JSON.parse((await assess(['evil', ...kept])).stdout);
  fake.forget();
  const second = await assess(['evil', ...kept]);
  const { rlmMetrics } = JSON.parse(second.stdout);
  expect([second.exitCode, fake.served]).toEqual([1, []]);
  expect(rlmMetrics).toMatchObject({ costUsd: first.rlmMetrics.costUsd, earlier: { runs: 1 } });
  const alone = await assess(['evil', '--store', kept[1] ?? '']);
  expect([alone.exitCode, alone.stderr]).toEqual([
    2,
    expect.stringContaining('--assessment-id: must be given with --store'),
  ]);
  const within = await assess(['evil', '--store', join(repository.path, 'runs'), '--assessment-id', 'nightly']);
  expect([within.exitCode, within.stderr]).toEqual([2, expect.stringContaining('is in what is judged')]);
});

test('--instructions: what the worker is to put right, and nothing else on stdout', async () => {
  const { assess } = await gate();
  const { exitCode, stdout, stderr } = await assess(['clean', 'evil', '--instructions', 'evil']);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^rlm assess: FAIL/);
  expect(stdout).toMatch(/^The review of your work at commit [0-9a-f]{12} came to FAIL: 1 finding at or above high\./);
  expect(stdout).toContain(
    '- src/run.js:1, critical, eval: It runs what it is given.\n    > export const run = (text) =>',
  );
  expect(stdout).not.toContain('clean');
});

test('--instructions for a worker that is not judged is 2, before anything is judged', async () => {
  const { assess, fake } = await gate();
  const { exitCode, stderr } = await assess(['clean', '--instructions', 'evil']);
  expect([exitCode, stderr, fake.served]).toEqual([
    2,
    'error: --instructions evil: no such worker is judged. Name one of clean.',
    [],
  ]);
  expect((await assess(['clean', '--instructions', 'clean', '--json'])).exitCode).toBe(2);
});

test('--cache-dir: a judgement that is kept there is taken, a dry run says so, and in the judged work it is refused', async () => {
  const { assess, fake, repository } = await gate();
  const kept = ['--cache-dir', join(await temporaryFolder(), 'judgements')];
  const dry = async () => (await assess(['evil', ...kept, '--dry-run'])).stdout;
  const before = await dry();
  expect(before).not.toContain('judged before');
  await assess(['evil', ...kept]);
  fake.forget();
  const { exitCode, stdout } = await assess(['evil', ...kept, '--json']);
  expect([exitCode, fake.served, JSON.parse(stdout).rlmMetrics.cachedWorkers]).toEqual([1, [], 1]);
  const after = await dry();
  expect(after).toContain('judged before: the judgement is kept, and no model is asked');
  expect(after).toContain('tokens      0 to 0 in, 0 to 0 out');
  const within = await assess(['evil', '--cache-dir', join(repository.path, 'kept')]);
  expect([within.exitCode, within.stderr]).toEqual([2, expect.stringContaining('--cache-dir (')]);
});

test('--previous: what is new, still there or fixed against the result of a run before', async () => {
  const { assess, repository } = await gate();
  const file = join(await temporaryFolder(), 'before.json');
  await writeFile(file, (await assess(['evil', '--json'])).stdout);
  await repository.git('checkout', '-q', 'evil');
  await repository.add('Mend', { 'src/run.js': 'export const run = (text) => text;\n', 'src/b.js': 'eval(x);\n' });
  await repository.git('checkout', '-q', 'main');
  const { stdout, exitCode } = await assess(['evil', '--previous', file]);
  expect(exitCode).toBe(1);
  expect(stdout).toContain('since the assessment before: 1 new, 1 fixed');
  await writeFile(file, '{"verdict": "pass"}');
  expect(await assess(['evil', '--previous', file])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('--previous: must be what assessWorkers of this version resolved with'),
  });
  expect(await assess(['evil', '--previous', join(file, 'gone')])).toMatchObject({ exitCode: 2 });
});

test('--allow-new-suppressions: a comment that the branch brings is obeyed with it, and not without', async () => {
  const { assess, repository } = await gate();
  const text = '// rlm-ignore eval -- the text is ours\nexport const own = (text) => eval(text);\n';
  await repository.branch('own', { 'src/own.js': text });
  expect(await assess(['own'])).toMatchObject({ exitCode: 1 });
  const { exitCode, stdout } = await assess(['own', '--allow-new-suppressions']);
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('asks to let it be: the text is ours')]);
});

test('--list: what could be judged, and what holds nothing; no model is asked', async () => {
  const { assess, fake } = await gate();
  const { exitCode, stdout } = await assess(['--list']);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^clean {2}branch, 1 commit, [0-9a-f]{12}\nevil {3}branch, 1 commit, [0-9a-f]{12}\n/);
  expect(stdout).toMatch(/not to be judged \(nothing since its base\): \S+$/);
  const listed: { id: string }[] = JSON.parse((await assess(['--list', '--json'])).stdout);
  expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining(['clean', 'evil']));
  expect((await assess(['--list', 'clean'])).exitCode).toBe(2);
  expect(fake.served).toEqual([]);
});

test("--trend: the summary and stderr say how it stands against the base branch's last result", async () => {
  const { assess } = await gate();
  const folder = await temporaryFolder();
  const [base, summary] = [join(folder, 'base.json'), join(folder, 'summary.md')];
  await writeFile(base, (await assess(['clean', '--json'])).stdout);
  const { exitCode, stderr } = await assess(['evil', '--trend', base, '--report', `md=${summary}`]);
  expect(exitCode).toBe(1);
  expect(stderr.split('\n')[0]).toMatch(/^rlm assess: FAIL/);
  expect(stderr).toContain('Against the base branch: PASS to FAIL');
  expect(await readFile(summary, 'utf8')).toContain('Against the base branch');
  await writeFile(base, '{}');
  expect(await assess(['evil', '--trend', base])).toMatchObject({ exitCode: 2 });
});

test('--verifier-model: what a second model refutes is 3, and the dry run names it', async () => {
  const verifier = 'gpt-4.1-mini';
  const { assess } = await gate((request) => {
    return request.model === verifier ? '{"outcome": "refuted", "reason": "It is never called."}' : JUDGE(request);
  });
  const { exitCode, stdout, stderr } = await assess(['evil', '--verifier-model', verifier]);
  expect(exitCode).toBe(3);
  expect(stderr).toContain(`a second look by ${verifier} refutes it`);
  expect(stdout).toContain('It is never called.');
  const dry = await assess(['evil', '--no-cache', '--verifier-model', verifier, '--dry-run']);
  expect(dry.stdout).toMatch(/^verifier {4}gpt-4\.1-mini: one call for each finding/m);
  const without = await assess(['evil', '--verifier-backend', 'openai']);
  expect([without.exitCode, without.stderr]).toEqual([2, expect.stringContaining('Pass --verifier-model, too')]);
});
