import type { ModelSpec, RunSpec } from '@rlm-bridge/protocol';

/** What a run is asked to do, as a journal keeps it. */
export type KeptSpec = Omit<RunSpec, 'context' | 'journal'>;

/** What names its models. */
type Models = Pick<RunSpec, 'rootModel' | 'subModel'>;

/** Stands where something is left out that must be given again. */
const LEFT_OUT = '***';

/** Request fields that may carry keys. */
const CARRIES_KEYS = /header|auth|token$|key$|secret|password/i;

/** A spec without what nobody who reads a journal may learn. Keys and backend options are in none. */
export function keptSpec<S extends Models>(spec: S): S {
  return { ...spec, rootModel: keptModel(spec.rootModel), subModel: keptModel(spec.subModel) };
}

/** Whether something of a model was left out. */
export function isLeftOut(model: ModelSpec): boolean {
  return JSON.stringify([model.baseUrl, model.samplingArgs]).includes(LEFT_OUT);
}

function keptModel(model: ModelSpec): ModelSpec {
  const { baseUrl, samplingArgs } = model;
  return { ...model, baseUrl: baseUrl && keptUrl(baseUrl), samplingArgs: keptFields(samplingArgs) };
}

function keptUrl(address: string): string {
  if (!URL.canParse(address)) return LEFT_OUT;
  const url = new URL(address);
  if (url.username !== '' || url.password !== '') {
    url.username = LEFT_OUT;
    url.password = '';
  }
  if (url.search !== '') url.search = LEFT_OUT;
  url.hash = '';
  return isSame(url, address) ? address : url.href;
}

/** Whether nothing was left out, so that the address stays as it was written. */
function isSame(url: URL, address: string): boolean {
  return url.href === new URL(address).href;
}

function keptFields(fields: ModelSpec['samplingArgs']): ModelSpec['samplingArgs'] {
  const kept = Object.entries(fields).map(([name, value]) => [
    name,
    CARRIES_KEYS.test(name) ? LEFT_OUT : within(value),
  ]);
  return Object.fromEntries(kept);
}

function within(value: ModelSpec['samplingArgs'][string]): ModelSpec['samplingArgs'][string] {
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? value.map(within) : keptFields(value);
}
