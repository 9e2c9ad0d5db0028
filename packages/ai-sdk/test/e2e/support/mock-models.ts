import { fileURLToPath } from 'node:url';
import { readRequest, type Script, usageOf } from '@rlm-bridge/fake-provider';
import { MockLanguageModelV4, simulateReadableStream } from 'ai/test';
import type { RLMOptions } from 'rlm-bridge';

const PYTHON =
  process.env.RLM_PYTHON ?? fileURLToPath(new URL('../../../../../python/.venv/bin/python', import.meta.url));

/** What every run of a test has, whoever serves its models. */
export const SURROUNDINGS = {
  environment: 'local',
  logDir: false,
  python: PYTHON,
  quiet: true,
} as const satisfies RLMOptions;

/** A model of AI SDK 7 that plays a script, and bills as a provider would. Anything but a text hangs until an abort. */
export function scriptedModel(script: Script, modelId = 'gpt-4.1', provider = 'openai.responses'): MockLanguageModelV4 {
  let number = 0;
  return new MockLanguageModelV4({
    modelId,
    provider,
    doGenerate: async ({ prompt, abortSignal }) => {
      const messages = prompt.map(({ role, content }) => ({ role, content: textOf(content) }));
      number += 1;
      const reply = await script(readRequest(number, 'openai', { model: modelId, messages }));
      if (typeof reply !== 'string') return await hang(abortSignal);
      const { input, cached, cacheWrite, output, reasoning } = usageOf(messages, reply, 'openai');
      return {
        content: [{ type: 'text', text: reply }],
        finishReason: { unified: 'stop', raw: 'stop' },
        usage: {
          inputTokens: { total: input, noCache: input - cached - cacheWrite, cacheRead: cached, cacheWrite },
          outputTokens: { total: output, text: output - reasoning, reasoning },
        },
        warnings: [],
      };
    },
  });
}

/** An outer model: calls the tool once with `input`, then says what the tool gave it; in a stream the first alone. */
export function callingModel(toolName: string, input: object): MockLanguageModelV4 {
  const call = { type: 'tool-call', toolCallId: 'call-1', toolName, input: JSON.stringify(input) } as const;
  const usage = {
    inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: 1, text: 1, reasoning: 0 },
  };
  return new MockLanguageModelV4({
    doGenerate: async ({ prompt }) => {
      const last = prompt.at(-1);
      if (last?.role === 'tool') {
        const text = `The tool says ${JSON.stringify(last.content.map((part) => 'output' in part && part.output))}`;
        const finishReason = { unified: 'stop', raw: undefined } as const;
        return { content: [{ type: 'text', text }], finishReason, usage, warnings: [] };
      }
      return { content: [call], finishReason: { unified: 'tool-calls', raw: undefined }, usage, warnings: [] };
    },
    doStream: async () => ({
      stream: simulateReadableStream({
        chunks: [
          { type: 'stream-start', warnings: [] },
          call,
          { type: 'finish', finishReason: { unified: 'tool-calls', raw: undefined }, usage },
        ],
      }),
    }),
  });
}

function textOf(content: string | readonly object[]): string {
  if (typeof content === 'string') return content;
  return content.map((part) => ('text' in part ? String(part.text) : '')).join('');
}

function hang(signal: AbortSignal | undefined): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal?.addEventListener('abort', () => reject(signal.reason));
  return promise;
}
