import { createHash } from 'node:crypto';
import { BACKENDS, CHOOSING_KEYS } from '@rlm-bridge/protocol';
import manifest from 'rlm-bridge/package.json' with { type: 'json' };
import type { JudgeOptions } from '../api/options.ts';
import { Pace } from '../evidence/pace.ts';

/** Options of the judge that cannot change an answer, or must not be written anywhere. */
const IRRELEVANT: readonly (keyof JudgeOptions)[] = [
  'apiKey',
  'subApiKey',
  'backendOptions',
  'subBackendOptions',
  'prices',
  'logDir',
  'maxConcurrentSubCalls',
  'maxDurationMs',
  'maxRefusals',
  'environmentOptions',
  'isolation',
  'python',
  'uv',
  'quiet',
];
/** Who answers is told apart from the other options: an address may be given, set or the provider's own. */
const SERVED_BY: readonly (keyof JudgeOptions)[] = ['backend', 'subBackend', 'baseUrl', 'subBaseUrl'];
/** What aliases and defaults of models mean is this version's to say. */
const RLM_VERSION: unknown = manifest.version;

/** What a judge is shown, and what it is asked. */
export interface Asked {
  context: Record<string, string>;
  query: string;
}

/** Everything else that a judgement depends on. */
export interface JudgedBy {
  queryVersion: number;
  samples: number;
  requireCoverage: number;
  /** What of a judgement by parts it is, and in which sample, or the whole of one; absent: nothing was parted. */
  part?: { kind: 'reading' | 'pair'; sample: number } | 'whole';
  judge: JudgeOptions;
  env: NodeJS.ProcessEnv;
}

/**
 * A hash over all that a judge is shown and asked: nothing is cut off or left out, and nothing else is in it. Works of one
 * hash are one work, wherever and whenever they were made.
 */
export async function workKey({ context, query }: Asked, signal?: AbortSignal): Promise<string> {
  const pace = new Pace(signal);
  const documents: [name: string, hash: string][] = [];
  for (const [name, text] of Object.entries(context)) {
    const hash = createHash('sha256');
    for (let at = 0; at < text.length || at === 0; at += SLICE_CHARS, await pace.step()) {
      // As UTF-16: a slice may part a pair.
      hash.update(text.slice(at, at + SLICE_CHARS), 'utf16le');
    }
    documents.push([name, hash.digest('hex')]);
  }
  return sha256(JSON.stringify([query, documents]));
}

/** Characters that are hashed in one go. */
const SLICE_CHARS = 1_000_000;

/**
 * The name under which a judgement is kept: of the work, the models, who serves them, and the options. Null when a model
 * is a function or an object of the caller's: what it would answer has no name to be kept under.
 */
export function judgementKey(work: string, { judge, env, ...rest }: JudgedBy): string | null {
  if ([judge.rootModel, judge.subModel].some((model) => model !== undefined && typeof model !== 'string')) return null;
  const left: readonly string[] = [...IRRELEVANT, ...SERVED_BY];
  const relevant = Object.entries(judge)
    .filter(([name, value]) => value !== undefined && !left.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `rlm-assess:${sha256(JSON.stringify([RLM_VERSION, rest, relevant, serversOf(judge, env), work]))}`;
}

/** Who answers: the backend of each model, its address, and what else of the environment says which deployment it is. */
function serversOf({ backend, subBackend, baseUrl, subBaseUrl }: JudgeOptions, env: NodeJS.ProcessEnv): unknown[] {
  // Where the options name no backend, the first of these that is set does. Its value is not looked at.
  const chosen = Object.entries(CHOOSING_KEYS).find(([name]) => env[name])?.[1] ?? null;
  const root = backend ?? chosen;
  const sub = subBackend ?? root;
  return [serverOf(root, baseUrl, env), serverOf(sub, subBaseUrl ?? (sub === root ? baseUrl : undefined), env)];
}

function serverOf(backend: string | null, given: string | undefined, env: NodeJS.ProcessEnv): unknown[] {
  const facts = Object.entries(BACKENDS).find(([name]) => name === backend)?.[1];
  if (facts === undefined) return [backend, given];
  const { baseUrls, settings = [], address } = facts;
  const set = baseUrls.map((name) => env[name]).find((value) => value !== undefined && value !== '');
  return [backend, given ?? set ?? address, settings.map((name) => env[name] ?? null)];
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
