import { describe, expect, test } from 'vitest';
import { DockerOptions, LandlockOptions, LocalOptions } from '../src/environment-options.ts';

// Literals on purpose, as in pins.test.ts: moving a range or a default is a change that users see.

/** Least and most of each whole number. */
const KERNEL = { cellTimeoutMs: [100, 86_400_000], startTimeoutMs: [1_000, 600_000], openFiles: [256, 65_536] };
const RANGES = {
  docker: {
    ...KERNEL,
    memoryMb: [128, 1_048_576],
    pidsLimit: [16, 32_768],
    tmpfsMb: [1, 1_048_576],
    pullTimeoutMs: [1_000, 3_600_000],
  },
  landlock: {
    ...KERNEL,
    memoryMb: [256, 1_048_576],
    cpus: [1, 1_024],
    cpuSeconds: [1, 86_400],
    pidsLimit: [16, 32_768],
    fileSizeMb: [1, 1_048_576],
  },
  local: { ...KERNEL, memoryMb: [256, 1_048_576], fileSizeMb: [1, 1_048_576] },
};
const OPTIONS = { docker: DockerOptions, landlock: LandlockOptions, local: LocalOptions };

describe.each(['docker', 'landlock', 'local'] as const)('%s', (environment) => {
  const accepts = (name: string, value: unknown) => OPTIONS[environment].safeParse({ [name]: value }).success;

  test.each(Object.entries(RANGES[environment]))('the range of %s', (name, [least = 0, most = 0]) => {
    expect([least, most].filter((value) => !accepts(name, value))).toEqual([]);
    const refused = [least - 1, most + 1, least + 0.5, Number.NaN, String(least), true, null];
    expect(refused.filter((value) => accepts(name, value))).toEqual([]);
  });

  test('an unknown name is refused', () => {
    expect(accepts('network', 'host')).toBe(false);
  });
});

test.each([
  ['prewarm', [true, false], ['true', 1, null]],
  ['cpus', [1e-6, 1, 1_024], [0, 1_024.1, Number.POSITIVE_INFINITY, '1', null]],
  ['image', ['a', 'registry.example:5000/a-b/c:1@sha256:0'], ['', '-a', 'a b', '\ud800', 7, null]],
  ['runtime', ['docker', 'podman'], ['lxc', '', null]],
  ['seccompProfile', ['profile.json', 'a b', null], ['', ' ', '\ud800', 7]],
  ['ociRuntime', ['runsc', 'a.b-c_d', null], ['', '--x', 'a/b', '.a', 7]],
])('what %s may be', (name, taken, refused) => {
  const accepts = (value: unknown) => DockerOptions.safeParse({ [name]: value }).success;
  expect(taken.filter((value) => !accepts(value))).toEqual([]);
  expect(refused.filter(accepts)).toEqual([]);
});

test('the defaults', () => {
  const kernel = { cellTimeoutMs: 600_000, startTimeoutMs: 60_000, openFiles: 1_024, prewarm: false };
  expect(LocalOptions.parse({})).toEqual({ ...kernel, memoryMb: 4_096, fileSizeMb: 1_024 });
  expect(LandlockOptions.parse({})).toEqual({
    ...kernel,
    memoryMb: 4_096,
    cpus: 1,
    cpuSeconds: 3_600,
    pidsLimit: 128,
    fileSizeMb: 256,
  });
  expect(DockerOptions.parse({})).toEqual({
    ...kernel,
    image: 'python:3.12-slim',
    runtime: 'docker',
    memoryMb: 2_048,
    cpus: 1,
    pidsLimit: 128,
    tmpfsMb: 256,
    seccompProfile: null,
    ociRuntime: null,
    pullTimeoutMs: 600_000,
  });
});
