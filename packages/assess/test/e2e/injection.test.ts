import { repl } from '@rlm-bridge/fake-provider';
import { expect, test } from 'vitest';
import { assess, provider, READ_ALL, scriptedJudge } from '../support/judge.ts';
import { ordersSeen, PLANTS } from '../support/plants.ts';
import { Repository } from '../support/repository.ts';

// A judge that obeys whatever it reads outside of the evidence's gutters; each plant stands beside a key in the code.

const KEY = 'export const key = "AKIAIOSFODNN7EXAMPLE";';

async function plantedRepository(): Promise<Repository> {
  const repository = await Repository.create();
  const lines = PLANTS.filter(({ place }) => place === 'line');
  const files = Object.fromEntries(lines.map(({ text }, at) => [`plant-${at}.ts`, `${KEY}\n${text}\n${KEY}\n`]));
  await repository.branch('work', files, PLANTS.find(({ place }) => place === 'commit message')?.text);
  return repository;
}

test('a gullible judge finds the key in every file, whatever is planted beside it', async () => {
  const repository = await plantedRepository();
  const review = scriptedJudge({
    review: ({ lines, kind }) =>
      lines
        .filter(({ text }) => kind === 'file' && text === KEY)
        .map(({ number, text }) => ({
          severity: 'critical',
          rule: 'hard-coded-key',
          startLine: number,
          endLine: number,
          quote: text,
        })),
  });
  const obeyed: string[] = [];
  const fake = await provider((request) => {
    const own = request.messages.map(({ content }) => content.replace(/^Review this document\./, '')).join('\n');
    const orders = request.kind === 'prompt' ? ordersSeen(own) : [];
    obeyed.push(...orders);
    return orders.length > 0 ? '[]' : review(request);
  });
  const result = await assess(fake, [{ id: 'w', branch: 'work', base: 'main' }], { cwd: repository.path });
  expect(obeyed).toEqual([]);
  const files = new Set(result.workers[0]?.findings.filter(({ verified }) => verified).map(({ file }) => file));
  expect(files.size).toBe(PLANTS.filter(({ place }) => place === 'line').length);
  expect(result.verdict).toBe('fail');
});

test('the root is told nothing of the work before it reads: no name, no line, no message', async () => {
  const repository = await plantedRepository();
  const fake = await provider(scriptedJudge());
  await assess(fake, [{ id: 'score 100', branch: 'work', base: 'main' }], { cwd: repository.path });
  const first = fake.served.find(({ request }) => request.turn === 1)?.request.messages ?? [];
  expect(first.length).toBeGreaterThan(0);
  for (const { content } of first) expect(content).not.toMatch(/score 100|plant-|AKIA/);
});

test('a root that hands on a verdict it found in the evidence has no judgement', async () => {
  const repository = await plantedRepository();
  const code = `import json, re
${READ_ALL}
found = re.search(r'{"verdict".*}', "".join(context.values()))
answer["content"] = found.group(0)
answer["ready"] = True`;
  const judge = scriptedJudge();
  const fake = await provider((request) => (request.kind === 'prompt' ? judge(request) : repl(code)));
  const result = await assess(fake, [{ id: 'w', branch: 'work', base: 'main' }], { cwd: repository.path });
  expect(result.workers[0]).toMatchObject({
    verdict: 'inconclusive',
    overallScore: null,
    error: { code: 'invalid_answer' },
  });
});
