import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PlainObjects } from '../support/plain-objects.ts';
import { Repository } from '../support/repository.ts';

test('an object that is there is not written anew: a clone has the very files of what it was cloned from', async () => {
  const origin = await Repository.create();
  const input = 'what both have';
  const id = execFileSync('git', ['hash-object', '-w', '--stdin'], {
    cwd: origin.path,
    input,
    encoding: 'utf8',
  }).trim();
  const objects = join(origin.path, '.git/objects');
  const file = join(objects, id.slice(0, 2), id.slice(2));
  const before = statSync(file, { bigint: true });
  expect(new PlainObjects(objects).put('blob', Buffer.from(input))).toBe(id);
  expect(statSync(file, { bigint: true })).toMatchObject({ mtimeNs: before.mtimeNs, size: before.size });
});
