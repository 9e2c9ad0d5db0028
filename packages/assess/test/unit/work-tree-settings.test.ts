import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Git } from '../../src/evidence/git.ts';
import { readSettings } from '../../src/evidence/work-tree-settings.ts';
import { Repository } from '../support/repository.ts';

test('booleans are read as git reads them, the last one of a name', async () => {
  const values = ['', ' =', ' = TRUE', ' = yes', ' = On', ' = 1', ' = -2k', ' = false', ' = no', ' = OFF', ' = 0'];
  const repository = await Repository.create();
  for (const value of values) {
    await appendFile(join(repository.path, '.git/config'), `[core]\n\tsparseCheckout${value}\n\tfileMode${value}\n`);
    const { isSparse, ignoresModes } = await readSettings(new Git(repository.path));
    const said = await repository.git('config', '--type=bool', 'core.sparseCheckout');
    expect([value, isSparse, ignoresModes]).toEqual([value, said === 'true', said === 'false']);
  }
});

test('a filter has no program left, whatever it is called', async () => {
  const repository = await Repository.create({ '.gitattributes': '* filter=a.b\n', f: 'f\n' });
  for (const key of ['clean', 'process']) await repository.git('config', `filter.a.b.${key}`, 'false');
  await repository.git('config', 'filter.a.b.required', 'true');
  const asked = new Git(repository.path);
  expect(await asked.ask(['hash-object', 'f'])).toBeNull();
  const { git } = await readSettings(asked);
  expect(await git.ask(['hash-object', 'f'])).toBe(await git.ask(['hash-object', '--no-filters', 'f']));
});
