import type { Ending } from './script.ts';
import type { TokenUsage } from './usage.ts';
import type { WireFormat } from './wire-format.ts';

/** The usage object of each vendor, details included. */
const REPORTS: Readonly<Record<WireFormat, (usage: TokenUsage) => Record<string, unknown>>> = {
  openai: (usage) => ({
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cached },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
  }),
  anthropic: (usage) => ({
    input_tokens: usage.input - usage.cached - usage.cacheWrite,
    cache_read_input_tokens: usage.cached,
    cache_creation_input_tokens: usage.cacheWrite,
    output_tokens: usage.output,
    output_tokens_details: { thinking_tokens: usage.reasoning },
  }),
  gemini: (usage) => ({
    promptTokenCount: usage.input,
    cachedContentTokenCount: usage.cached,
    candidatesTokenCount: usage.output - usage.reasoning,
    thoughtsTokenCount: usage.reasoning,
    totalTokenCount: usage.input + usage.output,
  }),
};

const FIELD: Readonly<Record<WireFormat, string>> = {
  openai: 'usage',
  anthropic: 'usage',
  gemini: 'usageMetadata',
};

/** The word of each vendor for an end that is not the answer's own. */
const ENDS: Readonly<Record<WireFormat, Readonly<Record<Ending, string>>>> = {
  openai: { cut: 'length', refused: 'content_filter', declined: 'stop', tool: 'tool_calls', broken: 'stop' },
  anthropic: { cut: 'max_tokens', refused: 'refusal', declined: 'refusal', tool: 'tool_use', broken: 'end_turn' },
  gemini: { cut: 'MAX_TOKENS', refused: 'SAFETY', declined: 'SAFETY', tool: 'UNEXPECTED_TOOL_CALL', broken: 'STOP' },
};

export const wordFor = (ending: Ending, format: WireFormat) => ENDS[format][ending];

/** The body with its usage replaced: the mock server has no cached, reasoning or thinking tokens of its own. */
export function withUsage(body: string, format: WireFormat, usage: TokenUsage): string {
  return body.startsWith('data:') || body.startsWith('event:')
    ? body.replaceAll(/^data: (\{.*\})$/gm, (_, data: string) => `data: ${withUsageInJson(data, format, usage)}`)
    : withUsageInJson(body, format, usage);
}

/** An answer of OpenAI's whose model declines: its words stand in a field of their own. */
export function withRefusal(body: string): string {
  return JSON.stringify(
    JSON.parse(body, (key, value) => (key === 'message' ? { ...value, content: null, refusal: value.content } : value)),
  );
}

/** It stands at the top, or in the message that a stream of Anthropic's begins with; where it is null the vendor says none. */
function withUsageInJson(text: string, format: WireFormat, usage: TokenUsage): string {
  const field = FIELD[format];
  const body = JSON.parse(text);
  for (const holder of [body, body.message]) if (holder?.[field]) holder[field] = REPORTS[format](usage);
  return JSON.stringify(body);
}
