import { DockerOptions, LandlockOptions, LocalOptions } from '@rlm-bridge/protocol';
import { expect, test } from 'vitest';
import {
  ENVIRONMENT_DEFAULTS,
  ENVIRONMENT_OPTIONS,
  environmentSettings,
} from '../../src/options/environment-options.ts';
import { planOf } from '../plan.ts';

test.each([
  ['docker', DockerOptions],
  ['landlock', LandlockOptions],
  ['local', LocalOptions],
] as const)(
  'the options of %s are those of the protocol, and one that is not given stays so',
  (environment, options) => {
    expect(Object.keys(ENVIRONMENT_OPTIONS[environment].shape)).toEqual(Object.keys(options.shape));
    expect(ENVIRONMENT_OPTIONS[environment].parse({})).toEqual({});
  },
);

test.each([
  [{ cellTimeoutMs: 99.5 }, 'cellTimeoutMs must be a whole number of milliseconds, 100 to 86400000; it is 99.5.'],
  [{ memoryMb: '2048' }, "memoryMb must be a whole number of MB, 128 to 1048576; it is '2048'."],
  [{ pidsLimit: 15 }, 'pidsLimit must be a whole number of 16 to 32768; it is 15.'],
  [{ cpus: Number.NaN }, 'cpus must be a number above 0 and at most 1024; it is NaN.'],
  [{ prewarm: 1 }, 'prewarm must be true or false; it is 1.'],
  [{ image: '--privileged' }, "image must be the name of an image; it is '--privileged'."],
  [{ runtime: 'lxc' }, 'runtime must be one of "docker", "podman"; it is \'lxc\'.'],
  [{ seccompProfile: ' ' }, "seccompProfile must be a string that is not empty; it is ' '."],
  [{ ociRuntime: '--x' }, "ociRuntime must be the name of an OCI runtime, or null; it is '--x'."],
])('%j is told with its rule', (environmentOptions, message) => {
  const plan = () => planOf({ backend: 'offline', environmentOptions }, {});
  expect(plan).toThrow(expect.objectContaining({ code: 'invalid_options' }));
  expect(plan).toThrow(`environmentOptions.${message}`);
});

test('what a run would use: the option, then RLM_SANDBOX_IMAGE, then the default', () => {
  const image = (options: { image?: string } | undefined, env: NodeJS.ProcessEnv) =>
    environmentSettings('docker', options, env).image;
  expect(image({ image: 'mine' }, { RLM_SANDBOX_IMAGE: 'of the machine' })).toBe('mine');
  expect(image({}, { RLM_SANDBOX_IMAGE: 'of the machine' })).toBe('of the machine');
  expect(image(undefined, { RLM_SANDBOX_IMAGE: '' })).toBe('python:3.12-slim');
  const settings = environmentSettings('local', { memoryMb: 512 }, { RLM_SANDBOX_IMAGE: 'x' });
  expect(settings).toEqual({ ...ENVIRONMENT_DEFAULTS.local, memoryMb: 512 });
});
