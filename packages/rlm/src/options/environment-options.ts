import { DockerOptions, LandlockOptions, LocalOptions, type RunSpec } from '@rlm-bridge/protocol';
import { z } from 'zod';
import type { RLMEnvironment } from '../api/backends.ts';
import type { RLMEnvironmentOptions } from '../api/options.ts';

/** What a caller may give. The worker parses the same again, with the defaults; here a slip costs no start. */
export const ENVIRONMENT_OPTIONS = {
  docker: withoutDefaults(DockerOptions.shape),
  landlock: withoutDefaults(LandlockOptions.shape),
  local: withoutDefaults(LocalOptions.shape),
} as const;

/** Of `auto`, which may come to either: where both know a name, a value must be right in both. */
const OPTIONS_OF_AUTO = z.strictObject({ ...ENVIRONMENT_OPTIONS.docker.shape, ...ENVIRONMENT_OPTIONS.landlock.shape });

/** What holds where nothing is given. */
export const ENVIRONMENT_DEFAULTS = {
  docker: DockerOptions.parse({}),
  landlock: LandlockOptions.parse({}),
  local: LocalOptions.parse({}),
} as const;

export type OwnEnvironment = keyof typeof ENVIRONMENT_OPTIONS;

/** How messages name our own environments. */
export const OWN_ENVIRONMENTS = '"auto", "docker", "landlock" or "local"';

/** The rules of the options of our own environments; null: it is the official library's, which judges its own. */
export function rulesOf(environment: unknown): z.ZodObject | null {
  if (environment === 'auto') return OPTIONS_OF_AUTO;
  return isOwnEnvironment(environment) ? ENVIRONMENT_OPTIONS[environment] : null;
}

/** Whether it is one of ours, whose options, sub-calls and tools we know; the others are the official library's. */
export function isOwnEnvironment(environment: unknown): environment is OwnEnvironment {
  return Object.hasOwn(ENVIRONMENT_OPTIONS, String(environment));
}

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

/** Memory of the REPL in MB; null for an environment that is not ours, whose is not known. */
export function replMemoryMb(spec: Pick<RunSpec, 'environment' | 'environmentOptions'>): number | null {
  if (!isOwnEnvironment(spec.environment)) return null;
  return environmentSettings(spec.environment, spec.environmentOptions, {}).memoryMb;
}

function withoutDefaults(shape: Readonly<Record<string, z.ZodDefault>>): z.ZodObject {
  const rules = Object.entries(shape).map(([name, field]) => [name, ruleOf(field.unwrap()).optional()]);
  return z.strictObject(Object.fromEntries(rules));
}

/** A value that breaks several parts of a range is told once. */
function ruleOf(range: z.core.$ZodType): z.ZodType {
  return z.custom((value) => z.safeParse(range, value).success, {
    error: ({ input }) => z.safeParse(range, input).error?.issues[0]?.message,
  });
}
