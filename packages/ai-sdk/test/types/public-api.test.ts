import type { LanguageModelV2, LanguageModelV3, LanguageModelV4 } from '@ai-sdk/provider';
import type { InferUITool, Tool } from 'ai';
import type { RLMHostModel } from 'rlm-bridge';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { type AISDKModel, aiSdkModel, type RLMToolOutput, rlmTool } from '../../src/index.ts';

test('models of every specification that the SDK has', () => {
  expectTypeOf<LanguageModelV2>().toExtend<AISDKModel>();
  expectTypeOf<LanguageModelV3>().toExtend<AISDKModel>();
  expectTypeOf<LanguageModelV4>().toExtend<AISDKModel>();
  expectTypeOf(aiSdkModel).returns.toEqualTypeOf<RLMHostModel>();
  // @ts-expect-error a name is no model object
  expectTypeOf(aiSdkModel).toBeCallableWith('openai/gpt-5-mini');
});

test('what the calling model gives depends on what the tool has', () => {
  const known = rlmTool({ context: 'text' });
  const folder = rlmTool({ folder: './docs' });
  const given = rlmTool();
  expectTypeOf(known).toExtend<Tool<{ query: string }, RLMToolOutput>>();
  expectTypeOf(folder).toExtend<Tool<{ query: string; files: string[] }, RLMToolOutput>>();
  expectTypeOf(given).toExtend<Tool<{ query: string; context: string }, RLMToolOutput>>();
  expectTypeOf<InferUITool<typeof known>>().toEqualTypeOf<{ input: { query: string }; output: RLMToolOutput }>();
  // @ts-expect-error one of the two
  expectTypeOf(rlmTool).toBeCallableWith({ context: 'text', folder: './docs' });
});

test('an output is told by state, and an answer has the type of the run’s', () => {
  const typed = rlmTool({ context: 'text', schema: z.object({ year: z.number() }) });
  expectTypeOf<InferUITool<typeof typed>['output']>().toEqualTypeOf<RLMToolOutput<{ year: number }>>();
  const check = (output: RLMToolOutput<{ name: string }>) => {
    if (output.state === 'answered') expectTypeOf(output.answer).toEqualTypeOf<{ name: string }>();
    if (output.state === 'failed') expectTypeOf(output.partialAnswer).toEqualTypeOf<string | null>();
    expectTypeOf(output.costUsd).toEqualTypeOf<number | null>();
  };
  expectTypeOf(check).returns.toBeVoid();
});
