import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conversation, submit } from '@rlm-bridge/fake-provider';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { diagnose, openSession, runRLM } from '../../src/index.ts';
import { PACKAGES } from './support/packages.ts';
import { optionsFor, PYTHON, provider } from './support/run.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Root is above the limit on processes, so that it becomes another user, who reads what root does. */
const AS_OTHER =
  process.getuid?.() === 0
    ? 'setpriv --reuid 54321 --clear-groups --inh-caps +dac_override --ambient-caps +dac_override'
    : '';

/** A Python with a limit of its own. */
async function limitedPython(limit: string): Promise<string> {
  const path = join(folder, `python-${limit.replace(/\W+/g, '')}`);
  await writeFile(path, `#!/bin/bash\nulimit ${limit}\nexec ${AS_OTHER} ${PYTHON} "$@"\n`);
  await chmod(path, 0o755);
  return path;
}

/** How a run ends in a Node that has a limit. */
async function runUnder(limit: string): Promise<unknown> {
  const program = join(import.meta.dirname, '../fixtures/runs-once.mts');
  const node = [process.execPath, ...PACKAGES, program, PYTHON];
  const { stdout } = await execa('bash', ['-c', `ulimit ${limit}; exec "$0" "$@"`, ...node]);
  return JSON.parse(stdout);
}

const TYPED = {
  descriptors: { code: 'system_limit_reached', message: expect.stringMatching(/ulimit -n 4096.*LimitNOFILE=/s) },
  threads: { code: 'system_limit_reached', message: expect.stringMatching(/ulimit -u.*TasksMax=.*pids-limit/s) },
};

describe('few descriptors, no threads left: typed, with their own advice', () => {
  test('few descriptors for Node', async () => {
    expect(await runUnder('-n 26')).toEqual(TYPED.descriptors);
  });

  test('64 are enough for Node, the worker and the REPL', async () => {
    expect(await runUnder('-n 64')).toEqual({ success: true, error: null });
  });

  test.each([
    ['-n 20', TYPED.descriptors],
    ['-u 2', TYPED.threads],
  ])('a worker with ulimit %s', async (limit, typed) => {
    const fake = await provider(conversation({ turns: [submit("'never'")] }));
    const options = optionsFor(fake, { python: await limitedPython(limit) });
    await expect(runRLM('text', 'q', options)).rejects.toMatchObject(typed);
    await expect(openSession(options).then((session) => session.run('text', 'q'))).rejects.toMatchObject(typed);
  });

  test('a diagnosis says the same', async () => {
    const { ok, checks } = await diagnose({ environment: 'local', python: await limitedPython('-n 20') });
    const [found] = checks.filter(({ name }) => name === 'worker-environment');
    expect({ ok, found }).toMatchObject({ ok: false, found: { advice: TYPED.descriptors.message } });
  });
});
