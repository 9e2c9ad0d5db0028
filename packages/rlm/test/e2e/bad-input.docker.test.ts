import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { finish, provider } from './support/run.ts';

test('a missing image is named, and what to do', async () => {
  const fake = await provider(() => 'unused');
  const environmentOptions = { image: 'rlm-bridge-no-such-image:none' };
  const run = finish(fake, { environment: 'docker', environmentOptions });
  await expect(run).rejects.toMatchObject({
    code: 'image_missing',
    message: expect.stringMatching(/rlm-bridge-no-such-image:none.*npx @rlm-bridge\/cli sandbox build/s),
  });
  expect(fake.served).toEqual([]);
});

test('an image without Python', async () => {
  const fake = await provider(() => 'unused');
  const run = finish(fake, { environment: 'docker', environmentOptions: { image: await emptyImage() } });
  await expect(run).rejects.toMatchObject({
    code: 'environment_start_failed',
    message: expect.stringMatching(/python/i),
  });
  expect(fake.served).toEqual([]);
});

/** An image with nothing in it, until the end of the test. */
async function emptyImage(): Promise<string> {
  const name = `rlm-bridge-empty-image:${process.pid}`;
  onTestFinished(async () => void (await execa`docker rmi ${name}`));
  await execa({ input: Buffer.alloc(1024) })`docker import - ${name}`;
  return name;
}
