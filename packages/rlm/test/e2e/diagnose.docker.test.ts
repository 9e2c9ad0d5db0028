import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { diagnose, formatDiagnosis } from '../../src/index.ts';
import { workers } from './support/processes.ts';
import { IMAGE, PYTHON } from './support/run.ts';

test('the real uv, Python, worker, daemon and image', async () => {
  const env = { ...process.env, ANTHROPIC_API_KEY: 'a-key' };
  const diagnosis = await diagnose({ env, python: PYTHON, environmentOptions: { image: IMAGE, memoryMb: 512 } });
  expect(diagnosis.ok, formatDiagnosis(diagnosis)).toBe(true);
  const details = Object.fromEntries(diagnosis.checks.map((check) => [check.name, check.details]));
  expect(details).toMatchObject({
    uv: null,
    python: { path: PYTHON, version: expect.stringMatching(/^3\.\d+\.\d+/) },
    'worker-environment': { folder: null, worker: { rlmsVersion: '0.1.3', protocolVersion: 5 } },
    'container-runtime': { runtime: 'docker', cgroupVersion: expect.stringMatching(/^[12]$/) },
    'sandbox-image': { image: IMAGE, id: expect.stringMatching(/^sha256:/), limits: { memoryMb: 512, pidsLimit: 128 } },
    keys: { defaultBackend: 'anthropic' },
  });
  expect(workers()).toEqual([]);
});

test('a machine where nothing has run yet, no daemon that answers, and an image that is nowhere', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const cache = join(folder, 'cache');
  const env = { ...process.env, RLM_PYTHON: '', RLM_CACHE_DIR: cache };
  const status = async (variables: NodeJS.ProcessEnv) => {
    const { checks } = await diagnose({ env: { ...env, ...variables }, environmentOptions: { image: 'not/here:1' } });
    return Object.fromEntries(checks.map((check) => [check.name, check.status]));
  };
  const common = { uv: 'ok', python: 'ok', 'worker-environment': 'warning', 'sandbox-image': 'warning' };
  expect(await status({})).toMatchObject({ ...common, 'container-runtime': expect.not.stringMatching('failed') });
  const silent = { DOCKER_HOST: `unix://${join(folder, 'no-daemon')}` };
  expect(await status(silent)).toMatchObject({ ...common, 'container-runtime': 'failed' });
  expect(existsSync(cache)).toBe(false);
});
