import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  ENVIRONMENT_DEFAULTS,
  ENVIRONMENT_OPTIONS,
  environmentSettings,
} from '../../src/options/environment-options.ts';

// The names, ranges and defaults of the sandbox stand on both sides of the wire; here they are held together.

const Property = z.looseObject({
  default: z.json(),
  type: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  pattern: z.string().optional(),
  enum: z.array(z.string()).optional(),
  anyOf: z.array(z.looseObject({ type: z.string(), pattern: z.string().optional() })).optional(),
});
type Property = z.infer<typeof Property>;
const Properties = z.record(z.string(), Property);
const Dump = z.object({ docker: Properties, local: Properties });

const PYTHON = process.env.RLM_PYTHON ?? fileURLToPath(new URL('../../../../python/.venv/bin/python', import.meta.url));
const SOURCES = fileURLToPath(new URL('../../../../python/src', import.meta.url));
const PROGRAM = `
import json, sys
sys.path.insert(0, sys.argv[1])
from rlm_worker.environments.options import DockerOptions, LocalOptions
models = {"docker": DockerOptions, "local": LocalOptions}
print(json.dumps({name: model.model_json_schema()["properties"] for name, model in models.items()}))
`;

const { stdout } = await execa(PYTHON, ['-I', '-c', PROGRAM, SOURCES]);
const python = Dump.parse(JSON.parse(stdout));

/** Values at and just beyond what Python takes. */
function probes({ type, minimum, maximum, exclusiveMinimum, pattern, enum: names, anyOf }: Property): {
  taken: unknown[];
  refused: unknown[];
} {
  if (names !== undefined) return { taken: names, refused: ['another', null] };
  if (type === 'boolean') return { taken: [true, false], refused: ['true', 1, null] };
  if (type === 'integer' || type === 'number') {
    if (maximum === undefined) throw new Error('a number without a maximum');
    if (type === 'number') return { taken: [1e-6, maximum], refused: [exclusiveMinimum, maximum + 1e-6, '7', null] };
    if (minimum === undefined) throw new Error('a whole number without a minimum');
    return { taken: [minimum, maximum], refused: [minimum - 1, maximum + 1, minimum + 0.5, '7', null] };
  }
  const isNullable = anyOf?.some((one) => one.type === 'null') === true;
  const words = ['a', 'a b', 'registry.example:5000/a-b/c:1@sha256:0', '-a', '.a', 'a.b-c_d', 'a/b'];
  const rule = new RegExp(pattern ?? anyOf?.find((one) => one.type === 'string')?.pattern ?? '');
  const matches = Map.groupBy(words, (word) => rule.test(word));
  return {
    taken: [...(matches.get(true) ?? []), ...(isNullable ? [null] : [])],
    refused: [...(matches.get(false) ?? []), 7, '', ...(isNullable ? [] : [null])],
  };
}

describe.each(['docker', 'local'] as const)('%s', (environment) => {
  const properties = python[environment];
  const schema = ENVIRONMENT_OPTIONS[environment];

  test('the names', () => {
    expect(Object.keys(schema.shape).sort()).toEqual(Object.keys(properties).sort());
  });

  test('the defaults', () => {
    const defaults = Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, property.default]));
    expect(ENVIRONMENT_DEFAULTS[environment]).toEqual(defaults);
  });

  test.each(Object.entries(properties))('the range of %s', (name, property) => {
    const { taken, refused } = probes(property);
    const accepts = (value: unknown) => schema.safeParse({ [name]: value }).success;
    expect(taken.filter((value) => !accepts(value))).toEqual([]);
    expect(refused.filter(accepts)).toEqual([]);
    expect(taken.length).toBeGreaterThan(0);
  });
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
