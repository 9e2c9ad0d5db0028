import { expectTypeOf, test } from 'vitest';
import {
  type RLMCallRole,
  type RLMHostModel,
  type RLMHostModelReply,
  type RLMHostModelRequest,
  type RLMOptions,
  runRLM,
} from '../../src/index.ts';

test('a model is a name or a function', () => {
  expectTypeOf<NonNullable<RLMOptions['rootModel']>>().toEqualTypeOf<string | RLMHostModel>();
  expectTypeOf<NonNullable<RLMOptions['subModel']>>().toEqualTypeOf<string | RLMHostModel>();
  const named = Object.assign(async () => ({ text: '' }), { modelName: 'gpt-4.1', priceProvider: 'openai' });
  expectTypeOf(named).toExtend<RLMHostModel>();
  expectTypeOf(async () => ({ text: '', costUsd: null })).toExtend<RLMHostModel>();
  expectTypeOf(async () => ({ text: '', usage: { inputTokens: 1, outputTokens: 1 } })).toExtend<RLMHostModel>();
});

test('a function in the options knows what it is asked', () => {
  const start = () =>
    runRLM('text', 'q', {
      rootModel: async (request) => {
        expectTypeOf(request).toEqualTypeOf<RLMHostModelRequest>();
        expectTypeOf(request.role).toEqualTypeOf<RLMCallRole>();
        expectTypeOf(request.maxOutputTokens).toEqualTypeOf<number | null>();
        expectTypeOf(request.signal).toEqualTypeOf<AbortSignal>();
        return { text: request.messages.map(({ content }) => content).join('') };
      },
    });
  expectTypeOf(start).toBeFunction();
});

test('what is wrong does not compile', () => {
  expectTypeOf<Promise<{ answer: string }>>().not.toExtend<ReturnType<RLMHostModel>>();
  expectTypeOf<{ text: string; usage: { inputTokens: number } }>().not.toExtend<RLMHostModelReply>();
  expectTypeOf(() => 'text').not.toExtend<RLMHostModel>();
  expectTypeOf(async () => 'text').not.toExtend<RLMHostModel>();
});
