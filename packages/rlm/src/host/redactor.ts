import type { RunSecrets, RunSpec } from '@rlm-bridge/protocol';
import { MIN_SECRET_CHARS, PUBLIC_NAMES, REDACTED, SECRET_NAMES, SHORT_SECRET } from '@rlm-bridge/protocol';
import { secretsOfAddress } from './address-secrets.ts';

const SECRET_NAME = new RegExp(SECRET_NAMES.join('|'), 'i');
const PUBLIC_NAME = new RegExp(`^(?:${PUBLIC_NAMES.join('|')})$`, 'i');
const SHORT = new RegExp(`^(?:${SHORT_SECRET})$`);

/** Where the secrets of a run are: beside its spec, and in the addresses of its models. */
export interface SecretsOfRun {
  spec: Pick<RunSpec, 'rootModel' | 'subModel'>;
  secrets: Omit<RunSecrets, 'id'>;
}

/**
 * Keeps the secrets of one run out of what the caller's own functions reply: it is code that a model wrote that reads it, and a
 * journal that keeps it. The rule is the worker's.
 */
export class Redactor {
  /** The longest first: one may be part of another. */
  readonly #secrets: readonly string[];

  constructor({ spec: { rootModel, subModel }, secrets }: SecretsOfRun) {
    const texts = [secrets.root, secrets.sub].flatMap(({ apiKey, backendOptions }) => [
      ...textsOf(apiKey, true),
      ...textsOf(backendOptions, true),
    ]);
    // With and without a scheme, as in "Bearer …".
    const addresses = [rootModel.baseUrl ?? '', subModel.baseUrl ?? '', ...texts];
    const found = [
      ...texts.flatMap((text) => [text, text.split(' ').at(-1) ?? '']),
      ...addresses.flatMap((address) => [...secretsOfAddress(address)]),
    ];
    this.#secrets = [...new Set(found.filter(isTelling))].sort((one, other) => other.length - one.length);
  }

  /** A copy of a JSON value without them, names of fields included. */
  redact<T>(value: T): T {
    if (this.#secrets.length === 0) return value;
    return this.#within(value) as T;
  }

  #within(value: unknown): unknown {
    if (typeof value === 'string') return this.#text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item) => this.#within(item));
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [this.#text(name), this.#within(item)]));
  }

  #text(text: string): string {
    return this.#secrets.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
  }
}

function isTelling(text: string): boolean {
  return text.length >= MIN_SECRET_CHARS || SHORT.test(text);
}

function* textsOf(value: unknown, isSecret: boolean): Generator<string> {
  if (typeof value === 'string' && isSecret) yield value;
  if (typeof value !== 'object' || value === null) return;
  for (const [name, item] of Object.entries(value)) {
    const sounds = Array.isArray(value) ? isSecret : SECRET_NAME.test(name) || (isSecret && !PUBLIC_NAME.test(name));
    yield* textsOf(item, sounds);
  }
}
