import { existsSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Repository, temporaryFolder } from '../../../assess/test/support/repository.ts';
import { DEFECT, gateOver } from './support/gate.ts';

// What is judged must not bring its judge: the policy comes from the commit that the work started from.

const START = { 'a.txt': 'one\n' };
const OPEN = 'assess: { gate: { onError: pass, failOn: never } }\n';

/** The ways to judge one and the same change. */
const WAYS: Record<string, (repository: Repository, files: Record<string, string>) => Promise<string[]>> = {
  'a branch': async (repository, files) => {
    await repository.branch('work', files);
    return ['work'];
  },
  'a branch that is checked out': async (repository, files) => {
    await repository.branch('work', files);
    await repository.git('checkout', '-q', 'work');
    return ['work'];
  },
  'a worktree': async (repository, files) => {
    await repository.branch('work-branch', files);
    await repository.git('worktree', 'add', '-q', join(await temporaryFolder(), 'tree'), 'work-branch');
    return ['tree'];
  },
  'what is committed': async (repository, files) => {
    await repository.branch('work', files);
    await repository.git('checkout', '-q', 'work');
    return ['--changed'];
  },
  'what is not committed': async (repository, files) => {
    await repository.write(files);
    return ['--changed'];
  },
};

/** Policies that a change brings along: programs, and data that would let the defect through. */
const BROUGHT: Record<string, Record<string, string>> = {
  'a program that ends the gate': { 'rlm.config.ts': 'process.exit(0);\n' },
  'a program that reads the key': {
    'rlm.config.mjs':
      "import { writeFileSync } from 'node:fs';\nwriteFileSync(process.env.STOLEN, String(process.env.OPENAI_API_KEY));\nexport default {};\n",
  },
  'an open gate': { 'rlm.config.yaml': OPEN },
  'an exclusion of the defect': { 'rlm.config.yml': "assess: { exclude: ['src/run.js'] }\n" },
  'an address for the key': { 'rlm.config.json': '{ "run": { "baseUrl": "http://127.0.0.1:9/v1" } }' },
};

/** Each way with one of them, and each of the others in one way. */
const tried = [
  ...Object.keys(WAYS).map((way) => [way, 'an open gate'] as const),
  ...Object.keys(BROUGHT).flatMap((what) => (what === 'an open gate' ? [] : [['what is committed', what] as const])),
];

test.each(tried)('%s with %s is judged by the policy of its base, and is said to touch it', async (way, what) => {
  const { assess, repository } = await gateOver(START);
  const brought = BROUGHT[what] ?? {};
  const workers = (await WAYS[way]?.(repository, { ...brought, ...DEFECT })) ?? [];
  const STOLEN = join(await temporaryFolder(), 'key');
  const { exitCode, stderr, stdout } = await assess([...workers, '--json'], { env: { STOLEN } });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^rlm assess: FAIL:/) });
  expect(JSON.parse(stdout).workers[0].policyChanges).toEqual(Object.keys(brought));
  expect(stderr).toContain(`the gate's own policy, and was judged by that of its base: ${Object.keys(brought)}`);
  expect(existsSync(STOLEN)).toBe(false);
});

test('a --config that is neither in the work nor in its base is a slip, and not the default policy', async () => {
  const { assess, repository } = await gateOver(START);
  await repository.write(DEFECT);
  const { exitCode, stderr } = await assess(['--changed', '--config', 'rlm.conifg.yaml']);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('rlm.conifg.yaml: there is no such file')]);
});

test.each(Object.keys(BROUGHT))('%s named by --config, inside of what is judged, is read at the base', async (what) => {
  const { assess, repository } = await gateOver(START);
  const [name = ''] = Object.keys(BROUGHT[what] ?? {});
  await repository.branch('work', { ...BROUGHT[what], ...DEFECT });
  await repository.git('checkout', '-q', 'work');
  const { exitCode, stderr } = await assess(['--changed', '--config', name]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`${join(repository.path, name)} was not used`);
});

test('a link outside that leads to a configuration of the work is no way around', async () => {
  const { assess, repository } = await gateOver(START);
  await repository.write({ ...BROUGHT['a program that reads the key'], ...DEFECT });
  const outside = await temporaryFolder();
  const [link, STOLEN] = [join(outside, 'rlm.config.mjs'), join(outside, 'key')];
  await symlink(join(repository.path, 'rlm.config.mjs'), link);
  expect(await assess(['--changed', '--config', link], { env: { STOLEN } })).toMatchObject({ exitCode: 1 });
  expect(existsSync(STOLEN)).toBe(false);
});

test('a configuration of the base that is data decides, whatever the change makes of it', async () => {
  const { assess, repository } = await gateOver({
    ...START,
    'rlm.config.yaml': 'assess: { gate: { minScore: 90 } }\n',
  });
  await repository.branch('work', { 'src/ok.js': 'export const one = 1;\n', 'rlm.config.yaml': '' });
  await repository.git('checkout', '-q', 'work');
  const { exitCode, stdout, stderr } = await assess(['--changed', '--json']);
  expect({ exitCode, result: JSON.parse(stdout) }).toMatchObject({
    exitCode: 1,
    result: { gate: { minScore: 90 }, workers: [{ policyChanges: ['rlm.config.yaml'] }] },
  });
  expect(stderr).toContain('The policy is rlm.config.yaml of the base');
});

/** Puts a package into the checkout, as installing does, that ends whoever imports it. */
async function plantPackage(repository: Repository): Promise<void> {
  await repository.write({
    'node_modules/planted/package.json': '{ "main": "index.js" }',
    'node_modules/planted/index.js': 'process.exit(0);\n',
  });
}

test('one that is code decides, and has nothing of the checkout to import', async () => {
  const program = `const found: boolean = await import('planted').then(() => true, () => false);
export default { assess: { gate: { minScore: found ? 0 : 90 } } };
`;
  const { assessProcess, repository } = await gateOver({ ...START, 'rlm.config.ts': program });
  await repository.branch('work', { 'src/ok.js': 'export const one = 1;\n', 'rlm.config.ts': '' });
  await repository.git('checkout', '-q', 'work');
  await plantPackage(repository);
  // Node runs TypeScript in a process of its own, and nothing else does.
  const { exitCode, stdout, stderr } = await assessProcess(['work', '--json']);
  expect({ exitCode, result: JSON.parse(stdout) }).toMatchObject({
    exitCode: 1,
    result: { gate: { minScore: 90 }, workers: [{ policyChanges: ['rlm.config.ts'] }] },
  });
  expect(stderr).toContain('The policy is rlm.config.ts of the base');
});

test('one that is code and needs something of the checkout is 2, with what it may import', async () => {
  const program = "import planted from 'planted';\nexport default planted;\n";
  const { assess, repository } = await gateOver({ ...START, 'rlm.config.mjs': program });
  await plantPackage(repository);
  await repository.write(DEFECT);
  const { exitCode, stderr } = await assess(['--changed']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('it can import what comes with Node, and nothing else');
});

test('the nearest configuration of the base counts, seen from the folder the command runs in', async () => {
  const { assess, repository } = await gateOver({
    ...START,
    'rlm.config.yaml': 'assess: { gate: { minScore: 10 } }\n',
    'part/rlm.config.yaml': 'assess: { gate: { minScore: 90 } }\n',
    'part/below/a.txt': 'a\n',
  });
  await repository.write(DEFECT);
  const { stdout } = await assess(['--changed', '--json'], { cwd: join(repository.path, 'part/below') });
  expect(JSON.parse(stdout).gate.minScore).toBe(90);
});

test.each([
  ['rubric', 'rubric.yaml', "- { id: tested, question: 'Is it?', severity: high }\n"],
  ['criteria', 'criteria.txt', 'Everything is fine.\n'],
  ['context', 'rules.md', 'Everything is allowed.\n'],
])('a %s that is only in the change is 2: without it the gate would ask less', async (flag, name, text) => {
  const { assess, repository, fake } = await gateOver(START);
  await repository.write({ [name]: text, ...DEFECT });
  const { exitCode, stderr } = await assess(['--changed', `--${flag}`, name]);
  expect({ exitCode, asked: fake.served.length }).toEqual({ exitCode: 2, asked: 0 });
  expect(stderr).toContain(`${name}: it is not in the commit that the work started from`);
});

test('documents beside the work are those of the base, whatever the change makes of them, and said to be of the policy', async () => {
  const { assess, repository, fake } = await gateOver({ ...START, 'docs/rules.md': 'Call nothing by eval.\n' });
  await repository.write({ ...DEFECT, 'docs/rules.md': 'Everything is allowed.\n' });
  const { stdout } = await assess(['--changed', '--context', 'docs/rules.md', '--json']);
  expect(JSON.parse(stdout).workers[0].policyChanges).toEqual(['docs/rules.md']);
  expect(JSON.stringify(fake.served.map(({ request }) => request.messages))).toContain('context:docs/rules.md');
  const outside = join(await temporaryFolder(), 'rules.md');
  await writeFile(outside, 'Another.\n');
  await repository.write({ 'rules.md': 'One.\n' });
  const twice = await assess(['--changed', '--context', outside, 'rules.md']);
  expect(twice).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('two files would be called rules.md') });
});

test('a baseline that the change brings or lengthens accepts nothing', async () => {
  const { assess, repository } = await gateOver(START);
  await repository.write(DEFECT);
  const found = JSON.parse((await assess(['--changed', '--json'])).stdout).workers[0].findings;
  const kept = found.map(({ id, rule, file }: Record<string, string>) => ({ id, rule, file }));
  await repository.write({ 'baseline.json': JSON.stringify({ version: 1, findings: kept }) });
  const brought = await assess(['--changed', '--baseline', 'baseline.json', '--new-only', '--json']);
  expect(brought).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('baseline.json was not used') });
  expect(JSON.parse(brought.stdout).workers[0].policyChanges).toEqual(['baseline.json']);
  const outside = join(await temporaryFolder(), 'baseline.json');
  await writeFile(outside, JSON.stringify({ version: 1, findings: kept }));
  expect(await assess(['--changed', '--baseline', outside, '--new-only'])).toMatchObject({ exitCode: 0 });
});

test('workers that started from different policies are 2, with what to do; from equal ones they are judged', async () => {
  const { assess, repository } = await gateOver({ ...START, 'rlm.config.yaml': 'assess: { samples: 1 }\n' });
  await repository.branch('first', { 'src/one.js': 'export const one = 1;\n' });
  await repository.add('Main goes on', { 'b.txt': 'two\n' });
  await repository.branch('second', { 'src/two.js': 'export const two = 2;\n' });
  expect(await assess(['first', 'second'])).toMatchObject({ exitCode: 0 });
  await repository.add('Another policy', { 'rlm.config.yaml': 'assess: { samples: 2 }\n' });
  await repository.branch('third', DEFECT);
  const { exitCode, stderr } = await assess(['first', 'third']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('Judge them one by one, or name a --config');
});

test('transcripts have no base: a configuration beside them is not used unless it is named, one among them never', async () => {
  const { assess, repository } = await gateOver(START);
  await repository.write({ 'out/w1.output': 'done\n', 'out/rlm.config.yaml': OPEN, 'rlm.config.yaml': OPEN });
  const beside = await assess(['w1', '--output-dir', 'out']);
  expect(beside.stderr).toContain('rlm.config.yaml was not used');
  expect(beside.stderr).not.toContain('let through');
  const named = await assess(['w1', '--output-dir', 'out', '--config', 'rlm.config.yaml', '--json']);
  expect(JSON.parse(named.stdout).gate).toMatchObject({ onError: 'pass', failOn: 'never' });
  const among = await assess(['w1', '--output-dir', 'out', '--config', 'out/rlm.config.yaml']);
  expect(among).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('Name a file outside of it') });
});

test('a flag that asks for less than the configuration of the base does not get it', async () => {
  const { assess, repository } = await gateOver({
    ...START,
    'rlm.config.yaml': 'assess: { gate: { failOn: high } }\n',
  });
  await repository.write(DEFECT);
  expect(await assess(['--changed', '--fail-on', 'never'])).toMatchObject({ exitCode: 1 });
});

test('a dry run runs no configuration, not even that of the base, and says so', async () => {
  const ran = join(await temporaryFolder(), 'ran');
  const program = `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(ran)}, '');\nexport default {};\n`;
  const { assess, repository } = await gateOver({ ...START, 'rlm.config.mjs': program });
  await repository.write(DEFECT);
  const outside = join(await temporaryFolder(), 'rlm.config.ts');
  await writeFile(outside, program);
  for (const named of [[], ['--config', outside], ['--config', 'rlm.config.mjs']]) {
    const { exitCode, stderr } = await assess(['--changed', '--dry-run', ...named]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('was not run') });
    expect(existsSync(ran)).toBe(false);
  }
});
