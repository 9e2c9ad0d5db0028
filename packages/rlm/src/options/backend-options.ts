import type { z } from 'zod';
import type { RLMBackend } from '../api/backends.ts';
import { RLMError } from '../api/errors.ts';
import { isObject } from '../api/json.ts';
import { closestName } from './did-you-mean.ts';
import { flag, must, number } from './rules.ts';

// The worker checks the same names and values again (`clients/backend_options.py`); here a slip costs no start. A test
// compares both sides.

const MAX_SECONDS = 604_800;
const MAX_BYTES = 2 ** 31;

const carried = must('be a text of ASCII letters, without line breaks or blanks around it', isCarried);
const url = must(
  'be an http or https URL without blanks',
  (value) => typeof value === 'string' && /^https?:\/\/[^/?#\s]+(?:[/?#]\S*)?$/.test(value),
);
const count = number('be a whole number above 0', (value) => Number.isSafeInteger(value) && value > 0);
const carriedList = must(
  'be a list of such texts: ASCII, without line breaks or blanks around them',
  (value) => Array.isArray(value) && value.every(isCarried),
);
const headers = must('be an object of texts', isTexts);
const query = must('be an object of texts, numbers and truth values', (value) =>
  holds(value, ['string', 'number', 'boolean']),
);
const carriedOrTexts = must('be a text, or an object of texts', (value) => isCarried(value) || isTexts(value));
const carriedOrObject = must('be a text, or an object', (value) => isCarried(value) || isObject(value));
const seconds = upTo(MAX_SECONDS, 'seconds');
const bytes = upTo(MAX_BYTES, 'bytes');

type Rules = { readonly [name: string]: z.ZodType };

const everywhere: Rules = { timeout: seconds, total_timeout: seconds, max_reply_bytes: bytes };
const requests: Rules = { default_headers: headers, default_query: query };
const openai: Rules = { ...everywhere, ...requests, organization: carried, project: carried };
const PORTKEY_TEXTS =
  'virtual_key provider trace_id cache_namespace openai_project openai_organization aws_access_key_id ' +
  'aws_secret_access_key aws_session_token aws_region aws_s3_bucket aws_s3_object_key aws_bedrock_model ' +
  'vertex_project_id vertex_region vertex_storage_bucket_name workers_ai_account_id azure_resource_name ' +
  'azure_deployment_id azure_api_version azure_endpoint_name anthropic_beta anthropic_version provider_model ' +
  'mistral_fim_completion provider_file_name fireworks_account_id';

/** What `backendOptions` may hold, by backend and name in snake_case. */
export const BACKEND_OPTIONS: { readonly [B in RLMBackend]: Rules } = {
  anthropic: { ...everywhere, ...requests },
  openai,
  openrouter: openai,
  gemini: { ...everywhere, default_headers: headers, api_version: carried },
  portkey: {
    ...everywhere,
    ...Object.fromEntries(PORTKEY_TEXTS.split(' ').map((name) => [name, carried])),
    default_headers: headers,
    cache_force_refresh: flag,
    strict_open_ai_compliance: flag,
    calculate_audio_duration: flag,
    custom_host: url,
    huggingface_base_url: url,
    forward_headers: carriedList,
    metadata: carriedOrTexts,
    config: carriedOrObject,
    request_timeout: count,
  },
  azure_openai: {
    ...openai,
    azure_deployment: carried,
    azure_ad_token: carried,
    api_version: carried,
    azure_endpoint: url,
  },
  vercel: openai,
  vllm: openai,
  litellm: openai,
  ollama: openai,
  offline: everywhere,
};

/**
 * A backend's options in snake_case, without what is null. `option` is what the caller calls all of them.
 * @throws {RLMError} `invalid_options`, naming each one that is wrong and what it must be; no value is shown.
 */
export function requireBackendOptions(
  backend: RLMBackend,
  given: { [name: string]: unknown },
  option: string,
): { [name: string]: unknown } {
  const rules = BACKEND_OPTIONS[backend];
  const named = Object.entries(given).map(([name, value]) => ({ name, snake: snakeCase(name), value }));
  const issues = named.flatMap(({ name, snake, value }) => {
    const issue = issueOf(rules, snake, value, backend);
    return issue === null ? [] : [`${option}.${name}${issue}`];
  });
  if (issues.length > 0) throw new RLMError('invalid_options', `${issues.join(' ')} Nothing was started.`);
  return Object.fromEntries(named.filter(({ value }) => value !== null).map(({ snake, value }) => [snake, value]));
}

function issueOf(rules: Rules, name: string, value: unknown, backend: RLMBackend): string | null {
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  if (rule === undefined) {
    const closest = closestName(name, Object.keys(rules));
    const advice =
      closest === undefined ? `It takes: ${Object.keys(rules).sort().join(', ')}.` : `Did you mean "${closest}"?`;
    return ` is no option of backend "${backend}". ${advice}`;
  }
  if (value === null) return null;
  const [issue] = rule.safeParse(value).error?.issues ?? [];
  if (issue !== undefined) return ` ${issue.message}.`;
  const bad = rule === headers && isObject(value) ? badHeader(value) : undefined;
  return bad === undefined ? null : `: '${bad}' is no header that HTTP carries: check its blanks.`;
}

function badHeader(given: Record<string, unknown>): string | undefined {
  return Object.entries(given).find(
    ([name, value]) => !(value === '' || isCarried(value)) || !/^[\w!#$%&'*+.^`|~-]+$/.test(name),
  )?.[0];
}

function isCarried(value: unknown): boolean {
  return typeof value === 'string' && /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value);
}

function isTexts(value: unknown): boolean {
  return holds(value, ['string']);
}

function holds(value: unknown, types: readonly string[]): boolean {
  return isObject(value) && Object.values(value).every((item) => types.includes(typeof item));
}

function upTo(most: number, unit: string): z.ZodType {
  const rule = `be a number of ${unit} above 0 and at most ${inThousands(most)}`;
  return number(rule, (value) => value > 0 && value <= most);
}

/** As `toLocaleString` writes it, which loads the words of all languages for it. */
function inThousands(number: number): string {
  return String(number).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

function snakeCase(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])([A-Z])/g, '_$1').toLowerCase();
}
