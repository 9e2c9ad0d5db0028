import type { Backend } from './codes.ts';

/** A backend that a provider or the worker itself serves; `host` is a function of the host, which needs none of this. */
export type ServedBackend = Exclude<Backend, 'host'>;

/** What is known of a backend before any call. */
export interface BackendFacts {
  /** Variables of its key; the first that is set is taken, for this backend and no other. */
  readonly keys: readonly string[];
  /** Variables of its address; the first that is set is taken. */
  readonly baseUrls: readonly string[];
  /** What else of the environment says which deployment answers. */
  readonly settings?: readonly string[];
  /** Further keys that its SDK would read by itself. Nobody here does. */
  readonly sdkKeys?: readonly string[];
  readonly needs: readonly ('key' | 'baseUrl')[];
  /** Where calls go unless something says otherwise; null where only the user knows. */
  readonly address: string | null;
}

/** Every backend, once: the host reads these variables, the worker calls these addresses and forgets these keys. */
export const BACKENDS: Readonly<Record<ServedBackend, BackendFacts>> = {
  anthropic: {
    keys: ['ANTHROPIC_API_KEY'],
    baseUrls: ['ANTHROPIC_BASE_URL'],
    sdkKeys: ['ANTHROPIC_AUTH_TOKEN'],
    needs: ['key'],
    address: 'https://api.anthropic.com',
  },
  openai: {
    keys: ['OPENAI_API_KEY'],
    baseUrls: ['OPENAI_BASE_URL'],
    needs: ['key'],
    address: 'https://api.openai.com/v1',
  },
  openrouter: {
    keys: ['OPENROUTER_API_KEY'],
    baseUrls: ['OPENROUTER_BASE_URL'],
    needs: ['key'],
    address: 'https://openrouter.ai/api/v1',
  },
  gemini: {
    keys: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    baseUrls: ['GOOGLE_GEMINI_BASE_URL'],
    needs: ['key'],
    address: 'https://generativelanguage.googleapis.com/',
  },
  portkey: {
    keys: ['PORTKEY_API_KEY'],
    baseUrls: ['PORTKEY_BASE_URL'],
    needs: ['key'],
    address: 'https://api.portkey.ai/v1',
  },
  azure_openai: {
    keys: ['AZURE_OPENAI_API_KEY'],
    baseUrls: ['AZURE_OPENAI_ENDPOINT'],
    settings: ['AZURE_OPENAI_API_VERSION', 'AZURE_OPENAI_DEPLOYMENT'],
    sdkKeys: ['AZURE_OPENAI_AD_TOKEN'],
    needs: ['key', 'baseUrl'],
    address: null,
  },
  vercel: {
    keys: ['AI_GATEWAY_API_KEY'],
    baseUrls: ['AI_GATEWAY_BASE_URL'],
    needs: ['key'],
    address: 'https://ai-gateway.vercel.sh/v1',
  },
  vllm: { keys: ['VLLM_API_KEY'], baseUrls: ['VLLM_BASE_URL'], needs: ['baseUrl'], address: null },
  litellm: { keys: ['LITELLM_API_KEY'], baseUrls: ['LITELLM_BASE_URL'], needs: ['baseUrl'], address: null },
  ollama: { keys: [], baseUrls: ['OLLAMA_HOST'], needs: [], address: 'http://127.0.0.1:11434/v1' },
  offline: { keys: [], baseUrls: [], needs: [], address: null },
};

/** The variables that choose a backend where none is named, in the order in which they are tried. */
export const CHOOSING_KEYS: Readonly<Record<string, ServedBackend>> = {
  ANTHROPIC_API_KEY: 'anthropic',
  OPENAI_API_KEY: 'openai',
  OPENROUTER_API_KEY: 'openrouter',
  GEMINI_API_KEY: 'gemini',
};
