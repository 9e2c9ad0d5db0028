import { expect, test } from 'vitest';
import { gateOver } from './support/gate.ts';

// --unshown, and assess.gate.unshown of the base: what changes come to that no model can be shown.

const BINARY = Buffer.from(Array.from({ length: 400 }, (_, at) => (at * 37) % 256));

test('binary data alone is 3, or what --unshown says, and the configuration of the base makes that stricter', async () => {
  const { assess, repository, fake } = await gateOver({ 'README.md': 'Tools.\n' });
  await repository.branch('work', { 'tool.bin': BINARY });
  const said = 'tool.bin (binary data, 400 bytes)';
  const unjudged = await assess(['work']);
  expect(unjudged).toMatchObject({ exitCode: 3, stderr: expect.stringContaining(said) });
  expect(await assess(['work', '--on-error', 'pass'])).toMatchObject({ exitCode: 3 });
  const open = await assess(['work', '--unshown', 'pass']);
  expect(open).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/^rlm assess: NOTHING TO JUDGE:/) });
  expect(open.stderr).toContain(said);
  expect(await assess(['work', '--unshown', 'fail'])).toMatchObject({ exitCode: 1 });
  const dry = await assess(['work', '--dry-run', '--unshown', 'pass']);
  expect(dry).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`nothing to judge: no text changed`) });
  expect(await assess(['work', '--dry-run'])).toMatchObject({ exitCode: 3 });
  expect(await assess(['work', '--unshown', 'maybe'])).toMatchObject({ exitCode: 2 });
  expect(fake.served).toHaveLength(0);

  await repository.add('Be strict', {
    'rlm.config.json': JSON.stringify({ assess: { gate: { unshown: 'fail' } } }),
  });
  await repository.branch('later', { 'tool.bin': BINARY });
  expect(await assess(['later', '--unshown', 'pass'])).toMatchObject({ exitCode: 1 });
});
