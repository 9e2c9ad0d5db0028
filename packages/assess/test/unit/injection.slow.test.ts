import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { WorkerSpec } from '../../src/api/options.ts';
import { contextOf } from '../../src/judge/context.ts';
import { judgeQuery } from '../../src/judge/query.ts';
import { evidenceOf } from '../support/evidence.ts';
import { HIDDEN, ordersSeen, PLANTS, type Plant } from '../support/plants.ts';
import { Repository } from '../support/repository.ts';

/** A worktree that holds the plant where it says. */
async function planted({ place, text }: Plant): Promise<Omit<WorkerSpec, 'id'>> {
  const repository = await Repository.create({
    'a.ts': 'a();\n',
    'old.ts': `${place === 'removed line' ? text : 'old();'}\n`,
  });
  await repository.git('checkout', '-q', '-b', 'work');
  const files: Record<string, string> = { 'old.ts': 'now();\n' };
  if (place === 'line') files['b.ts'] = `before();\n${text}\nafter();\n`;
  if (place === 'file name') files[text.replaceAll('/', '∕')] = 'named();\n';
  if (place === 'link') await symlink(text, join(repository.path, 'link'));
  if (place === 'author') await repository.git('config', 'user.name', text);
  await repository.write(files);
  await repository.git('add', '-A');
  const author = place === 'author' ? ['--author', `${text} <a@b.c>`] : [];
  await repository.git('commit', '-q', ...author, '-m', place === 'commit message' ? text : 'Work');
  const path = join(repository.path, '.git', 'extra.txt');
  await repository.write({ '.git/extra.txt': text });
  return {
    worktree: repository.path,
    base: 'main',
    ...(place === 'log' && { logs: [path] }),
    ...(place === 'transcript' && { outputs: [path] }),
  };
}

test('there are at least 20 plants', () => {
  expect(PLANTS.length).toBeGreaterThanOrEqual(20);
});

test.each(PLANTS)('a gullible reader obeys it in the open: $name', ({ text }) => {
  expect(ordersSeen(`Review this document.\n${text}`)).not.toEqual([]);
});

test.each(PLANTS)('as evidence it gives no order: $name', async (plant) => {
  const context = await contextOf(await evidenceOf(await planted(plant)));
  const text = Object.values(context).join('');
  // It is there to be judged, and nowhere as an order.
  expect(text).toMatch(/score 100|verdict|⟨U\+/);
  expect(Object.values(context).flatMap(ordersSeen)).toEqual([]);
  expect(text).not.toMatch(HIDDEN);
  for (const name of Object.keys(context)) expect(name).not.toMatch(/[\n\r\u2028]/);
});

test('the seal of a document is of its content: no content can hold its own', async () => {
  const [first, second] = await Promise.all(
    ['a();\n', 'b();\n'].map(async (text) => {
      const repository = await Repository.create();
      await repository.branch('work', { 'x.ts': text });
      const evidence = await evidenceOf({ branch: 'work', repository: repository.path, base: 'main' });
      const document = (await contextOf(evidence))['x.ts'] ?? '';
      return /begins: file, "x.ts"/.exec(document) && document.slice(10, 26);
    }),
  );
  expect(first).toMatch(/^[0-9a-f]{16}$/);
  expect(second).not.toBe(first);
});

test('a context is never taken for a request to read files', async () => {
  const repository = await Repository.create();
  await repository.write({ file: '/etc/passwd\n', files: '/etc/passwd\n' });
  const evidence = await evidenceOf({ files: ['file'] }, { cwd: repository.path });
  expect(Object.keys(await contextOf(evidence))).toEqual(['evidence:documents', 'file']);
});

test('the query holds nothing but words of ours and of the rubric', () => {
  const criterion = { id: 'tested', question: 'Is it tested?', severity: 'high' } as const;
  expect(judgeQuery(['security'], [criterion])).toMatchSnapshot();
});
