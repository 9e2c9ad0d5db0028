import { BACKENDS, CHOOSING_KEYS } from '@rlm-bridge/protocol';
import type { RLMBackend } from '../api/backends.ts';
import { RLMError } from '../api/errors.ts';
import type { RLMOptions } from '../api/options.ts';
import { requireBackendOptions } from './backend-options.ts';
import type { HostModels } from './host-models.ts';
import { requireUsableAddress, requireUsableKey, requireUsableNetwork, requireUsableVersion } from './surroundings.ts';

export interface Credentials {
  /** `host`: a function of this process, which needs no key here. */
  backend: RLMBackend | 'host';
  apiKey: string | null;
  baseUrl: string | null;
  backendOptions: { [name: string]: unknown };
}

const HOST_CREDENTIALS: Credentials = { backend: 'host', apiKey: null, baseUrl: null, backendOptions: {} };

/** @throws {RLMError} `missing_api_key` when no backend is named and no key is present. */
export function defaultBackend(env: NodeJS.ProcessEnv): RLMBackend {
  const chosen = Object.entries(CHOOSING_KEYS).find(([name]) => env[name]);
  if (chosen !== undefined) return chosen[1];
  const names = Object.keys(CHOOSING_KEYS).join(', ');
  throw new RLMError(
    'missing_api_key',
    `No model provider: set one of ${names}, or pass backend and apiKey. ` +
      "To try things without a key, pass backend: 'offline' (a deterministic program, not a language model).",
  );
}

/** Root and sub credentials. @throws {RLMError} `missing_api_key`, or `invalid_options` without a needed base URL. */
export function resolveCredentials(
  options: RLMOptions,
  host: HostModels,
  env: NodeJS.ProcessEnv,
): { root: Credentials; sub: Credentials } {
  if (host.root !== null && host.sub !== null) return { root: HOST_CREDENTIALS, sub: HOST_CREDENTIALS };
  const onlySub = host.root === null ? undefined : options.subBackend;
  const backend = options.backend ?? onlySub ?? defaultBackend(env);
  const subBackend = options.subBackend ?? backend;
  const own = { apiKey: options.apiKey, baseUrl: options.baseUrl, backendOptions: options.backendOptions };
  const shared = subBackend === backend ? own : undefined;
  const sub = {
    apiKey: options.subApiKey ?? shared?.apiKey,
    baseUrl: options.subBaseUrl ?? shared?.baseUrl,
    backendOptions: options.subBackendOptions ?? shared?.backendOptions,
  };
  const { backendOptions } = options.subBackendOptions === undefined ? OF_ROOT : OF_SUB;
  return {
    root: host.root ? HOST_CREDENTIALS : credentialsOf(backend, own, env, OF_ROOT),
    sub: host.sub ? HOST_CREDENTIALS : credentialsOf(subBackend, sub, env, { ...OF_SUB, backendOptions }),
  };
}

type Given = { [K in 'apiKey' | 'baseUrl' | 'backendOptions']: RLMOptions[K] | undefined };

/** What the caller calls each of them. */
type Names = { readonly [K in keyof Given]: string };
const OF_ROOT: Names = { apiKey: 'apiKey', baseUrl: 'baseUrl', backendOptions: 'backendOptions' };
const OF_SUB: Names = { apiKey: 'subApiKey', baseUrl: 'subBaseUrl', backendOptions: 'subBackendOptions' };

function credentialsOf(backend: RLMBackend, given: Given, env: NodeJS.ProcessEnv, names: Names): Credentials {
  const { keys, baseUrls, needs } = BACKENDS[backend];
  const apiKey = given.apiKey ?? firstSet(keys, env);
  const baseUrl = given.baseUrl ?? firstSet(baseUrls, env);
  if (apiKey !== undefined) requireUsableKey(given.apiKey === undefined ? nameOf(keys, env) : names.apiKey, apiKey);
  if (baseUrl !== undefined && given.baseUrl === undefined)
    requireUsableBaseUrl(backend, nameOf(baseUrls, env), baseUrl);
  if (backend !== 'offline') requireUsableNetwork(env);
  const backendOptions = requireBackendOptions(backend, given.backendOptions ?? {}, names.backendOptions);
  if (apiKey === undefined && needs.includes('key') && !('azure_ad_token' in backendOptions)) {
    throw new RLMError(
      'missing_api_key',
      `Backend "${backend}" needs a key: set ${keys.join(' or ')}, or pass ${names.apiKey}.`,
    );
  }
  if (baseUrl === undefined && needs.includes('baseUrl') && !('azure_endpoint' in backendOptions)) {
    const advice = `pass ${names.baseUrl}, or set ${baseUrls.join(' or ')}`;
    throw new RLMError('invalid_options', `${names.baseUrl}: backend "${backend}" needs its address: ${advice}.`);
  }
  return {
    backend,
    apiKey: apiKey ?? null,
    baseUrl: baseUrl === undefined ? null : normalizeBaseUrl(backend, baseUrl),
    backendOptions: { ...backendDefaults(backend, env), ...backendOptions },
  };
}

/** @throws {RLMError} `invalid_setting`, naming a variable of the backend that cannot be used. */
export function requireUsableVariables(backend: RLMBackend, env: NodeJS.ProcessEnv): void {
  const { keys, baseUrls } = BACKENDS[backend];
  for (const name of keys) if (env[name]) requireUsableKey(name, env[name]);
  for (const name of baseUrls) if (env[name]) requireUsableBaseUrl(backend, name, env[name]);
  backendDefaults(backend, env);
}

function requireUsableBaseUrl(backend: RLMBackend, name: string, baseUrl: string): void {
  requireUsableAddress(name, backend === 'ollama' ? withScheme(baseUrl) : baseUrl);
}

/** `OLLAMA_HOST` is a host, a port or a URL, and its OpenAI-compatible API lives under `/v1`. */
function normalizeBaseUrl(backend: RLMBackend, baseUrl: string): string {
  if (backend !== 'ollama') return baseUrl;
  const url = new URL(withScheme(baseUrl));
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1';
  if (url.port === '' && !baseUrl.includes('://')) url.port = '11434';
  if (url.pathname === '/') url.pathname = '/v1';
  return url.href;
}

function withScheme(host: string): string {
  return host.includes('://') ? host : `http://${host.startsWith(':') ? '127.0.0.1' : ''}${host}`;
}

const AZURE_VERSION = 'AZURE_OPENAI_API_VERSION';

function backendDefaults(backend: RLMBackend, env: NodeJS.ProcessEnv): { [name: string]: unknown } {
  const version = backend === 'azure_openai' ? env[AZURE_VERSION] : undefined;
  if (!version) return {};
  requireUsableVersion(AZURE_VERSION, version);
  return { api_version: version };
}

function firstSet(names: readonly string[], env: NodeJS.ProcessEnv): string | undefined {
  return names.map((name) => env[name]).find((value) => value !== undefined && value !== '');
}

function nameOf(names: readonly string[], env: NodeJS.ProcessEnv): string {
  return names.find((name) => env[name]) ?? names.join(' or ');
}
