import { z } from 'zod';
import type { RLMEnvironment } from '../api/backends.ts';
import type { RLMEnvironmentOptions } from '../api/options.ts';
import { flag, must, number, oneOf, text, whole } from './rules.ts';

const MAX_MB = 1_048_576;

const kernel = {
  cellTimeoutMs: whole(100, 86_400_000, 'milliseconds').optional(),
  startTimeoutMs: whole(1_000, 600_000, 'milliseconds').optional(),
  openFiles: whole(256, 65_536).optional(),
  prewarm: flag.optional(),
};

/**
 * The worker checks the same names and ranges again (`environments/options.py`); here a slip costs no start.
 * A test compares both sides.
 */
export const ENVIRONMENT_OPTIONS = {
  docker: z.strictObject({
    ...kernel,
    image: matching(/^[^\s-]\S*$/, 'be the name of an image').optional(),
    runtime: oneOf(['docker', 'podman']).optional(),
    memoryMb: whole(128, MAX_MB, 'MB').optional(),
    cpus: number('be a number above 0 and at most 1024', (value) => value > 0 && value <= 1_024).optional(),
    pidsLimit: whole(16, 32_768).optional(),
    tmpfsMb: whole(1, MAX_MB, 'MB').optional(),
    seccompProfile: text.nullable().optional(),
    ociRuntime: matching(/^[A-Za-z0-9][\w.-]*$/, 'be the name of an OCI runtime, or null')
      .nullable()
      .optional(),
    pullTimeoutMs: whole(1_000, 3_600_000, 'milliseconds').optional(),
  }),
  local: z.strictObject({
    ...kernel,
    memoryMb: whole(256, MAX_MB, 'MB').optional(),
    fileSizeMb: whole(1, MAX_MB, 'MB').optional(),
  }),
} as const;

type OwnEnvironment = keyof typeof ENVIRONMENT_OPTIONS;
type Complete<N extends keyof RLMEnvironmentOptions> = { [K in N]-?: Exclude<RLMEnvironmentOptions[K], undefined> };

/** Every setting of `docker`. */
export type DockerSettings = Complete<Exclude<keyof (typeof ENVIRONMENT_OPTIONS)['docker']['shape'], number>>;

/** Every setting of `local`. */
export type LocalSettings = Complete<Exclude<keyof (typeof ENVIRONMENT_OPTIONS)['local']['shape'], number>>;

/** What holds where nothing is given. The worker has the same defaults; the same test compares them. */
export const ENVIRONMENT_DEFAULTS: { docker: DockerSettings; local: LocalSettings } = {
  docker: {
    cellTimeoutMs: 600_000,
    startTimeoutMs: 60_000,
    openFiles: 1_024,
    prewarm: false,
    image: 'python:3.12-slim',
    runtime: 'docker',
    memoryMb: 2_048,
    cpus: 1,
    pidsLimit: 128,
    tmpfsMb: 256,
    seccompProfile: null,
    ociRuntime: null,
    pullTimeoutMs: 600_000,
  },
  local: {
    cellTimeoutMs: 600_000,
    startTimeoutMs: 60_000,
    openFiles: 1_024,
    prewarm: false,
    memoryMb: 4_096,
    fileSizeMb: 1_024,
  },
};

/** What the user set. `RLM_SANDBOX_IMAGE` is the image of a whole machine; the option of one run comes before it. */
export function givenEnvironmentOptions(
  environment: RLMEnvironment,
  environmentOptions: RLMEnvironmentOptions | undefined,
  env: NodeJS.ProcessEnv,
): RLMEnvironmentOptions {
  const image = environment === 'docker' && env.RLM_SANDBOX_IMAGE ? { image: env.RLM_SANDBOX_IMAGE } : {};
  return { ...image, ...environmentOptions };
}

/** What a run in one of our own environments would use. */
export function environmentSettings<E extends OwnEnvironment>(
  environment: E,
  environmentOptions: RLMEnvironmentOptions | undefined,
  env: NodeJS.ProcessEnv,
): (typeof ENVIRONMENT_DEFAULTS)[E] {
  return { ...ENVIRONMENT_DEFAULTS[environment], ...givenEnvironmentOptions(environment, environmentOptions, env) };
}

function matching(pattern: RegExp, rule: string): z.ZodType {
  return must(rule, (value) => typeof value === 'string' && pattern.test(value));
}
