import type { WireFormat } from './wire-format.ts';

export interface Message {
  readonly role: string;
  readonly content: string;
}

/** What the RLM asks for, read off the official prompts. */
export type RequestKind = 'turn' | 'compaction' | 'default_answer' | 'prompt';

/** A request as a script sees it, the same for every wire format. */
export interface ModelRequest {
  /** Order of arrival, from 1. */
  readonly number: number;
  readonly format: WireFormat;
  readonly model: string;
  readonly messages: readonly Message[];
  /** `prompt` is a plain sub-call; the others come from an RLM's own loop. */
  readonly kind: RequestKind;
  /** The RLM's iteration, from 1; 0 for a plain prompt. */
  readonly turn: number;
  /** Whether the RLM is a child: it was given a context but no query. */
  readonly isChild: boolean;
  /** Most output tokens that the client allows, or null. */
  readonly maxOutputTokens: number | null;
  /** Content of the last message. */
  readonly text: string;
  /** Everything else of the body: token limits, sampling arguments. */
  readonly body: Readonly<Record<string, unknown>>;
}

const TURN = /Turn (\d+)\/\d+:/;
const DEFAULT_ANSWER = 'Please provide a final answer to the user';
const SUMMARIZE = 'Summarize your progress so far.';
const ROOT_QUERY = 'Answer the following: ';

// Looked for anywhere in the last message: for Anthropic and Gemini, neighbours of one role are joined.
function kindOf(messages: readonly Message[], text: string): RequestKind {
  if (messages[0]?.role !== 'system') return 'prompt';
  if (text.includes(DEFAULT_ANSWER)) return 'default_answer';
  return text.includes(SUMMARIZE) ? 'compaction' : 'turn';
}

function turnOf(messages: readonly Message[]): number {
  const marked = messages.findLast(({ role, content }) => role === 'user' && TURN.test(content));
  return Number(TURN.exec(marked?.content ?? '')?.[1] ?? 0);
}

interface ChatBody {
  model: string;
  messages: { role: string; content: unknown }[];
  max_tokens?: number;
  max_completion_tokens?: number;
  [name: string]: unknown;
}

/** Builds a {@link ModelRequest} from a body in OpenAI's chat shape. */
export function readRequest(number: number, format: WireFormat, body: Record<string, unknown>): ModelRequest {
  const { model, messages: raw, ...rest } = body as ChatBody;
  const messages = raw.map(({ role, content }) => ({
    role,
    content: typeof content === 'string' ? content : textOf(content),
  }));
  const text = messages.at(-1)?.content ?? '';
  const kind = kindOf(messages, text);
  return {
    number,
    format,
    model,
    messages,
    kind,
    turn: kind === 'prompt' ? 0 : turnOf(messages),
    isChild: kind !== 'prompt' && !messages[1]?.content.startsWith(ROOT_QUERY),
    maxOutputTokens: rest.max_completion_tokens ?? rest.max_tokens ?? null,
    text,
    body: rest,
  };
}

function textOf(content: unknown): string {
  if (!Array.isArray(content)) return '';
  return content.map((part: { text?: string }) => part.text ?? '').join('');
}
