import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contextOf } from '../../src/judge/context.ts';
import { judgeQuery } from '../../src/judge/query.ts';
import { evidenceOf } from '../support/evidence.ts';
import { HIDDEN, ordersSeen, PLANTS, type Place, type Plant } from '../support/plants.ts';
import { Repository } from '../support/repository.ts';

/** Places that a work has one of: the others are beside each other in one. */
const ONE_OF: readonly Place[] = ['author', 'commit message', 'log', 'transcript'];

const folderOf = (plant: Plant) => `${PLANTS.indexOf(plant)}`;

/** The files of a plant, in a folder of its own, and what is there before. */
function filesOf(plant: Plant): { before: Record<string, string>; after: Record<string, string> } {
  const { place, text } = plant;
  const at = (name: string) => `${folderOf(plant)}/${name}`;
  if (place === 'removed line')
    return { before: { [at('old.ts')]: `${text}\n` }, after: { [at('old.ts')]: 'now();\n' } };
  if (place === 'line') return { before: {}, after: { [at('b.ts')]: `before();\n${text}\nafter();\n` } };
  if (place === 'file name') return { before: {}, after: { [at(text.replaceAll('/', '∕'))]: 'named();\n' } };
  return { before: {}, after: {} };
}

let together: Promise<Record<string, string>> | undefined;

/** The context of one work that holds every plant which stands in a file. */
async function contextTogether(): Promise<Record<string, string>> {
  const plants = PLANTS.filter(({ place }) => !ONE_OF.includes(place));
  const files = plants.map(filesOf);
  const before = Object.assign({ 'a.ts': 'a();\n' }, ...files.map((one) => one.before));
  const repository = await Repository.create(before);
  await repository.begin('work');
  for (const plant of plants.filter(({ place }) => place === 'link')) {
    await mkdir(join(repository.path, folderOf(plant)));
    await symlink(plant.text, join(repository.path, folderOf(plant), 'link'));
  }
  await repository.commit('Work', Object.assign({}, ...files.map((one) => one.after)));
  return await contextOf(await evidenceOf({ worktree: repository.path, base: 'main' }));
}

/** The context of a work that holds the plant alone. */
async function contextAlone({ place, text }: Plant): Promise<Record<string, string>> {
  const repository = await Repository.create({ 'a.ts': 'a();\n' });
  await repository.begin('work');
  await repository.write({ 'a.ts': 'now();\n', '.git/extra.txt': text });
  const author = place === 'author' ? ['--author', `${text} <a@b.c>`] : [];
  await repository.git('commit', '-q', '-a', ...author, '-m', place === 'commit message' ? text : 'Work');
  const extra = [join(repository.path, '.git', 'extra.txt')];
  const beside = { ...(place === 'log' && { logs: extra }), ...(place === 'transcript' && { outputs: extra }) };
  return await contextOf(await evidenceOf({ worktree: repository.path, base: 'main', ...beside }));
}

/** The documents that show a plant, and all that is shown with them. */
async function shown(plant: Plant): Promise<{ own: string; context: Record<string, string> }> {
  const isAlone = ONE_OF.includes(plant.place);
  together ??= contextTogether();
  const context = await (isAlone ? contextAlone(plant) : together);
  const own = Object.entries(context).filter(([name]) => isAlone || name.startsWith(`${folderOf(plant)}/`));
  return { own: own.map(([, text]) => text).join(''), context };
}

test('there are at least 20 plants', () => {
  expect(PLANTS.length).toBeGreaterThanOrEqual(20);
});

test.each(PLANTS)('a gullible reader obeys it in the open: $name', ({ text }) => {
  expect(ordersSeen(`Review this document.\n${text}`)).not.toEqual([]);
});

test.each(PLANTS)('as evidence it gives no order: $name', async (plant) => {
  const { own, context } = await shown(plant);
  // It is there to be judged, and nowhere as an order.
  expect(own).toMatch(/score 100|verdict|⟨U\+/);
  expect(Object.values(context).flatMap(ordersSeen)).toEqual([]);
  expect(Object.values(context).join('')).not.toMatch(HIDDEN);
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
