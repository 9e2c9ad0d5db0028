import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseRunOptions } from '../../src/options/parse-options.ts';
import { settleEnvironment } from '../../src/run/settle-environment.ts';

let folder: string;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rlm-test-settle-'));
  env = { PATH: `${folder}:/usr/bin:/bin` };
});
afterEach(() => rmSync(folder, { recursive: true }));

function client(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

async function settled(options: object) {
  const { environment, environmentOptions } = await settleEnvironment(parseRunOptions('q', options), env);
  return { environment, environmentOptions };
}

const BOTH = { image: 'mine', cpuSeconds: 60, memoryMb: 512, tmpfsMb: 64 };
const AUTO = { environment: 'auto', environmentOptions: BOTH };

test('auto is docker where its daemon answers, with what docker knows of the options', async () => {
  client('docker', 'echo 28.1.0');
  const environmentOptions = { image: 'mine', memoryMb: 512, tmpfsMb: 64 };
  expect(await settled(AUTO)).toEqual({ environment: 'docker', environmentOptions });
});

test('auto asks a daemon that answered no second time, and one that did not again', async () => {
  client('docker', 'exit 1');
  expect(await settled({ environment: 'auto' })).toMatchObject({ environment: 'landlock' });
  client('docker', `echo asked >> ${folder}/asked; [ "$(wc -l < ${folder}/asked)" = 1 ]`);
  expect(await settled({ environment: 'auto' })).toMatchObject({ environment: 'docker' });
  expect(await settled({ environment: 'auto' })).toMatchObject({ environment: 'docker' });
});

test.each(['exit 1', 'echo "Cannot connect to the Docker daemon" >&2; exit 1'])(
  'auto is landlock where no daemon answers, with what landlock knows of the options: %s',
  async (script) => {
    client('docker', script);
    expect(await settled(AUTO)).toEqual({
      environment: 'landlock',
      environmentOptions: { cpuSeconds: 60, memoryMb: 512 },
    });
  },
);

test('auto takes the runtime that is named', async () => {
  client('docker', 'exit 1');
  client('podman', 'echo Version: 5.4.0');
  expect(await settled({ environment: 'auto', environmentOptions: { runtime: 'podman' } })).toEqual({
    environment: 'docker',
    environmentOptions: { runtime: 'podman' },
  });
});

test('one prompt needs no sandbox, and no daemon is asked', async () => {
  client('docker', 'exit 1');
  expect(await settled({ environment: 'auto', strategy: 'direct' })).toMatchObject({ environment: 'docker' });
});

test('what is named is taken as it is', async () => {
  client('docker', 'exit 1');
  for (const environment of ['docker', 'landlock', 'local']) {
    expect(await settled({ environment })).toMatchObject({ environment });
  }
});

test('outside of Linux there is docker or nothing, and the message says what to do about both', async () => {
  client('docker', 'exit 1');
  const platform = Object.getOwnPropertyDescriptor(process, 'platform') ?? {};
  Object.defineProperty(process, 'platform', { ...platform, value: 'darwin' });
  try {
    await expect(settled(AUTO)).rejects.toMatchObject({
      code: 'container_runtime_not_running',
      message: expect.stringMatching(/docker does not answer.*Start docker, or run on Linux 5\.13 or newer/),
    });
  } finally {
    Object.defineProperty(process, 'platform', platform);
  }
});

test('an option that only one of them takes so is told', () => {
  const options = { environment: 'auto', environmentOptions: { cpus: 0.5, memoryMb: 128, bogus: 1 } };
  const parsed = () => parseRunOptions('q', options);
  expect(parsed).toThrow(/environmentOptions.cpus must be a whole number of 1 to 1024/);
  expect(parsed).toThrow(/environmentOptions.memoryMb must be a whole number of MB, 256 to 1048576/);
  expect(parsed).toThrow(/Unknown option "environmentOptions.bogus"/);
});
