import { expect, test } from 'vitest';
import { type AssessEvent, summarizeEvidence, type WorkerSpec } from '../../src/index.ts';
import { assess, finds, judgeOptions, provider, scriptedJudge } from '../support/judge.ts';
import { Repository, temporaryFolder } from '../support/repository.ts';

// Equal work is judged once: at the same time, at another time, and from another checkout.

const judge = scriptedJudge({ review: finds(/bad/, { severity: 'high', rule: 'bad-call' }) });

async function branches(names: readonly string[]): Promise<{ repository: Repository; workers: WorkerSpec[] }> {
  const repository = await Repository.create();
  await repository.branch('first', { 'src/a.ts': 'bad();\n' }, 'The work');
  for (const name of names) await repository.git('branch', name, 'first');
  return { repository, workers: names.map((id) => ({ id, branch: id, base: 'main' })) };
}

const EIGHT = Array.from({ length: 8 }, (_, n) => `w${n}`);

test.each([
  ['without a budget', {}],
  ['with one', { maxBudgetUsd: 1 }],
])('eight equal branches are one run, %s: its findings are those of all, and it is paid once', async (_, money) => {
  const { repository, workers } = await branches(EIGHT);
  const fake = await provider(judge);
  const events: AssessEvent['type'][] = [];
  const onEvent = ({ type }: AssessEvent) => events.push(type);
  const options = { cwd: repository.path, cache: false, concurrency: 8, onEvent, ...money };
  const result = await assess(fake, workers, options);
  expect(result.workers.map(({ workerId, verdict }) => `${workerId} ${verdict}`)).toEqual(
    EIGHT.map((id) => `${id} fail`),
  );
  expect(events.filter((type) => type === 'sample.started')).toHaveLength(1);
  expect(events.filter((type) => type === 'worker.cached')).toHaveLength(7);
  expect(result.rlmMetrics).toMatchObject({ cachedWorkers: 7, usage: { calls: fake.served.length } });
});

test('a judgement that failed is that of all equal work: nobody tries it again', async () => {
  const { repository, workers } = await branches(EIGHT);
  const fake = await provider(() => ({ status: 400, message: 'no such model' }));
  const result = await assess(fake, workers, { cwd: repository.path, cache: false });
  expect(result.workers.map(({ verdict, error }) => [verdict, error?.message])).toEqual(
    EIGHT.map(() => ['inconclusive', result.workers[0]?.error?.message]),
  );
  expect(fake.served.length).toBeLessThanOrEqual(2);
  expect(result.rlmMetrics.cachedWorkers).toBe(0);
});

test('a judgement made in one checkout serves another, amended and at another path; and a dry run knows of it', async () => {
  const fake = await provider(judge);
  const dir = await temporaryFolder();
  const of = (repository: Repository) => ({ cwd: repository.path, cache: { dir } });
  const one = await branches(['work']);
  const another = await branches(['work']);
  await another.repository.git('checkout', '-q', 'work');
  await another.repository.git('commit', '-q', '--amend', '--no-edit', '--date', '2027-01-01T00:00:00Z');
  const dry = async () => {
    const options = { ...of(another.repository), judge: judgeOptions(fake) };
    return (await summarizeEvidence(another.workers, options)).map(({ judgement }) => judgement);
  };
  expect(await dry()).toEqual(['new']);
  const first = await assess(fake, one.workers, of(one.repository));
  fake.forget();
  expect(await dry()).toEqual(['kept']);
  const second = await assess(fake, another.workers, of(another.repository));
  expect(fake.served).toEqual([]);
  expect(second.workers[0]?.findings).toEqual(first.workers[0]?.findings);
});

test('a dry run counts equal work once', async () => {
  const { repository, workers } = await branches(['a', 'b', 'c']);
  await repository.branch('other', { 'src/a.ts': 'good();\n' });
  const all = [...workers, { id: 'other', branch: 'other', base: 'main' }, { id: 'idle', branch: 'main' }];
  const summaries = await summarizeEvidence(all, { cwd: repository.path, cache: false });
  expect(summaries.map(({ judgement }) => judgement)).toEqual(['new', 'equal', 'equal', 'new', null]);
});

test('the budget judges the least first, whatever the order of the workers', async () => {
  const folder = await Repository.at(await temporaryFolder());
  const line = 'const value = compute();\n';
  await folder.write({ 'large.ts': line.repeat(12_000), 'small.ts': line, 'tiny.ts': 'a();\n' });
  const fake = await provider(judge);
  const each = ['large', 'small', 'tiny'].map((id) => ({ id, files: [`${id}.ts`] }));
  for (const workers of [each, each.toReversed()]) {
    const result = await assess(fake, workers, {
      cwd: folder.path,
      cache: false,
      concurrency: 1,
      maxBudgetUsd: 0.3,
      judge: { subModel: 'gpt-4.1' },
    });
    const verdicts = Object.fromEntries(result.workers.map(({ workerId, verdict }) => [workerId, verdict]));
    expect(verdicts).toEqual({ large: 'inconclusive', small: 'pass', tiny: 'pass' });
    expect(result.workers.map(({ workerId }) => workerId)).toEqual(workers.map(({ id }) => id));
    expect(result.rlmMetrics.costUsd).toBeLessThanOrEqual(0.3);
  }
});
