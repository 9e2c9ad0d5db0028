import type { RLMCallRole, RLMTokens } from './events.ts';
import type { RLMFinishReason } from './finish-reasons.ts';
import { isText } from './rules.ts';

/** A message of a chat, as text. */
export interface RLMChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** One call of a model that this process serves. */
export interface RLMHostModelRequest {
  /** Well-formed text: lone surrogates, which generated code may send, are replaced. Two neighbours may share a role. */
  messages: RLMChatMessage[];
  /** The model's name in events and bills. */
  model: string;
  role: RLMCallRole;
  /** 0 for the root RLM. */
  depth: number;
  /** Most tokens the answer may have, reasoning included; null: no bound. Set under `maxBudgetUsd`, which relies on it. */
  maxOutputTokens: number | null;
  /** Aborts when the run ends, however it ends. */
  signal: AbortSignal;
  runId: string;
}

/** Two counts, and what else is known. */
type GivenTokens = Pick<RLMTokens, 'inputTokens' | 'outputTokens'> & {
  [N in keyof RLMTokens]?: RLMTokens[N] | undefined;
};

/** What such a model answers. */
export interface RLMHostModelReply {
  /** Empty, or white space alone: the reply counts as `empty`, and its call as failed. */
  text: string;
  /** As in {@link RLMTokens}; what is left out is 0. Without it the call counts no tokens. */
  usage?: GivenTokens | null | undefined;
  /** What the call cost, in USD. Without it, the price of the tokens, where that is known. */
  costUsd?: number | null | undefined;
  /** How the reply ended. Default: `stop`, with text. */
  finishReason?: RLMFinishReason | null | undefined;
}

/**
 * A model as a function of this process: any model that Node can reach serves a run, and no key enters Python. What it
 * throws fails the call, which is not tried again: a function that can hope for better tries again itself.
 */
export interface RLMHostModel {
  (request: RLMHostModelRequest): Promise<RLMHostModelReply>;
  /** Its name in events, bills and price tables. Default: the function's name, else `'host'`. */
  readonly modelName?: string | undefined;
  /** Whose prices hold for it: a provider id of the genai-prices table. Default: whoever has a model of its name there. */
  readonly priceProvider?: string | undefined;
}

/** The options that say who serves a run. */
export interface ModelOptions {
  rootModel?: string | RLMHostModel | undefined;
  subModel?: string | RLMHostModel | undefined;
  backend?: string | undefined;
  subBackend?: string | undefined;
}

/** Which models of a run are functions of this process. */
export interface HostModels {
  root: RLMHostModel | null;
  sub: RLMHostModel | null;
}

/** As everywhere, a root model that was given serves the sub-calls too, unless something else is named for them. */
export function hostModels({ rootModel, subModel, subBackend }: ModelOptions): HostModels {
  const root = typeof rootModel === 'function' ? rootModel : null;
  const inherited = subModel === undefined && subBackend === undefined ? root : null;
  return { root, sub: typeof subModel === 'function' ? subModel : inherited };
}

/** Whether a value is a function whose names can be shown and looked up. */
export function isHostModel(value: unknown): value is RLMHostModel {
  if (typeof value !== 'function') return false;
  const model = value as RLMHostModel;
  return isText(hostModelName(model)) && (model.priceProvider === undefined || isText(model.priceProvider));
}

export function hostModelName(model: RLMHostModel): string {
  return model.modelName ?? (model.name || 'host');
}

const OF_ROOT_CALLS = ['samplingArgs'];
const OF_BACKEND = ['backend', 'apiKey', 'baseUrl', 'backendOptions'];
const OF_SUB_CALLS = ['subBackend', 'subApiKey', 'subBaseUrl', 'subBackendOptions', 'subSamplingArgs'];

/** Why options that are right one by one do not go together with functions as models, each as a sentence. */
export function hostModelFaults(options: ModelOptions): string[] {
  const { root, sub } = hostModels(options);
  if (root === null && sub === null) return [];
  const { backend, subBackend } = options;
  const subIsElsewhere = sub !== null || (subBackend !== undefined && backend !== undefined && subBackend !== backend);
  const vain = [
    ...(root === null ? [] : OF_ROOT_CALLS),
    ...(root !== null && subIsElsewhere ? OF_BACKEND : []),
    ...(sub === null ? [] : OF_SUB_CALLS),
  ];
  const faults = vain
    .filter((name) => name in options)
    .map((name) => `${name} has no effect on a model that is a function: leave it out, or set it in the function.`);
  return sameNameOfTwoPrices(root, sub) ? [...faults, TWO_PRICES] : faults;
}

const TWO_PRICES =
  'rootModel and subModel have one name and two values of priceProvider: give one of them another modelName.';

function sameNameOfTwoPrices(root: RLMHostModel | null, sub: RLMHostModel | null): boolean {
  if (root === null || sub === null) return false;
  return hostModelName(root) === hostModelName(sub) && root.priceProvider !== sub.priceProvider;
}
