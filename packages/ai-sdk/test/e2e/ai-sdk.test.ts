import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { billFor, billTotal, conversation, HANG, repl, submit, usageOf } from '@rlm-bridge/fake-provider';
import { generateText, isStepCount, streamText } from 'ai';
import type { MockLanguageModelV4 } from 'ai/test';
import { runRLM } from 'rlm-bridge';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type AISDKTool, aiSdkModel, type RLMToolOutput, rlmTool } from '../../src/index.ts';
import { callingModel, SURROUNDINGS, scriptedModel } from './support/mock-models.ts';

// The package with real workers; that its runs start containers is shown by its page.

const settings = SURROUNDINGS;
const LAST = submit('context.split()[-1]');

/** What the scripted model's answers cost, by its own count. */
function billOf(model: MockLanguageModelV4, replies: readonly string[]) {
  return billTotal(
    billFor(
      model.doGenerateCalls.map(({ prompt }, n) => {
        const messages = prompt.map(({ role, content }) => ({
          role,
          content:
            typeof content === 'string' ? content : content.map((part) => ('text' in part ? part.text : '')).join(''),
        }));
        return { model: model.modelId, usage: usageOf(messages as never, replies[n] ?? '', 'openai') };
      }),
    ),
  );
}

describe('AI SDK models', () => {
  test('serve a run, at the price of their provider’s tokens', async () => {
    const replies = [repl('said = llm_query("which?")'), 'the last', submit('said')];
    const model = scriptedModel(conversation({ turns: [replies[0], replies[2]] as string[], prompt: 'the last' }));
    const result = await runRLM('some text', 'Which?', { ...settings, rootModel: aiSdkModel(model) });
    expect(result).toMatchObject({ success: true, answer: 'the last', subCalls: 1 });
    const { costPicoUsd, ...line } = billOf(model, replies);
    expect(result.usage.byModel['gpt-4.1']).toMatchObject(line);
    expect(BigInt(Math.round((result.costUsd ?? 0) * 1e12))).toBe(costPicoUsd);
  });

  test('see the schema of a typed sub-call as their response format', async () => {
    const code = 'said = llm_query("how many?", schema={"type": "object", "properties": {"n": {"type": "integer"}}})';
    const turns = [repl(code), submit('str(said["n"])')];
    const model = scriptedModel(conversation({ turns, prompt: '{"n": 3}' }));
    const result = await runRLM('some text', 'How many?', { ...settings, rootModel: aiSdkModel(model) });
    expect(result).toMatchObject({ success: true, answer: '3', subCalls: 1 });
    const schema = { type: 'object', properties: { n: { type: 'integer' } } };
    expect(model.doGenerateCalls.map(({ responseFormat }) => responseFormat)).toEqual([
      undefined,
      { type: 'json', schema, name: 'reply' },
      undefined,
    ]);
  });

  test('of a provider without known prices cost nobody knows what', async () => {
    const model = scriptedModel(() => LAST, 'gpt-4.1', 'ollama.chat');
    const result = await runRLM('one two', 'Which?', { ...settings, rootModel: aiSdkModel(model) });
    expect(result).toMatchObject({ success: true, answer: 'two', costUsd: null });
  });

  test('hear of an abort', async () => {
    const model = scriptedModel(() => HANG);
    const run = runRLM('text', 'Which?', { ...settings, rootModel: aiSdkModel(model) });
    run.catch(() => {});
    for await (const { type } of run) if (type === 'call.started') break;
    await expect.poll(() => model.doGenerateCalls).toHaveLength(1);
    run.abort();
    await expect(run).rejects.toMatchObject({ code: 'aborted' });
    expect(model.doGenerateCalls[0]?.abortSignal?.aborted).toBe(true);
  });
});

describe('a run as a tool', () => {
  const asked = { query: 'Which word is last?' };

  test('generateText calls it, and the model is told the answer alone', async () => {
    const read = rlmTool({ ...settings, rootModel: aiSdkModel(scriptedModel(() => LAST)), context: 'one two three' });
    const outer = callingModel('read', asked);
    const { text, steps } = await generateText({
      model: outer,
      tools: { read },
      stopWhen: isStepCount(2),
      prompt: 'Go.',
    });
    expect(text).toBe('The tool says [{"type":"text","value":"three"}]');
    const [result] = steps[0]?.toolResults ?? [];
    expect(result?.output).toMatchObject({ state: 'answered', answer: 'three', costUsd: expect.any(Number) });
    expect(outer.doGenerateCalls[0]?.tools).toMatchObject([
      { name: 'read', inputSchema: { properties: { query: {} }, required: ['query'] } },
    ]);
  });

  test('without a context of its own it reads the text that the model gives', async () => {
    const read = rlmTool({ ...settings, rootModel: aiSdkModel(scriptedModel(() => LAST)) });
    const model = callingModel('read', { ...asked, context: 'four five' });
    const { text } = await generateText({ model, tools: { read }, stopWhen: isStepCount(2), prompt: 'Go.' });
    expect(text).toContain('"five"');
  });

  test('of a folder it reads the files that the model names, and no others', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'rlm-tool-'));
    onTestFinished(() => rm(parent, { recursive: true }));
    const folder = await mkdtemp(join(parent, 'docs-'));
    await writeFile(join(folder, 'a.txt'), 'alpha');
    await writeFile(join(folder, 'b.txt'), 'beta');
    await writeFile(join(parent, 'secret.txt'), 'secret');
    const root = scriptedModel(() => submit('str(context)'));
    const read = rlmTool({ ...settings, rootModel: aiSdkModel(root), folder });
    const tell = async (files: string[]) => {
      const model = callingModel('read', { ...asked, files });
      return (await generateText({ model, tools: { read }, stopWhen: isStepCount(2), prompt: 'Go.' })).text;
    };
    expect(await tell(['b.*'])).toContain("{'b.txt': 'beta'}");
    const refused = await tell(['../secret.txt']);
    expect(refused).toContain(String.raw`No file matches \"../secret.txt\". The folder has: a.txt, b.txt.`);
    expect(root.doGenerateCalls).toHaveLength(1);
  });

  test('it reports its progress, in order, and at last its end', async () => {
    const script = conversation({ turns: [repl('llm_query_batched(["a", "b"])'), LAST], prompt: 'word' });
    const read = rlmTool({ ...settings, rootModel: aiSdkModel(scriptedModel(script)), context: 'one two' });
    const outputs = await outputsOf(read, asked);
    expect(outputs.map(({ state, iterations, subCalls }) => [state, iterations, subCalls])).toEqual([
      ['running', 0, 0],
      ['running', 0, 1],
      ['running', 0, 2],
      ['running', 1, 2],
      ['answered', 2, 2],
    ]);
  });

  test('streamText passes the progress on, as preliminary results', async () => {
    const read = rlmTool({ ...settings, rootModel: aiSdkModel(scriptedModel(() => LAST)), context: 'one two' });
    const seen: [string, boolean][] = [];
    const { fullStream } = streamText({ model: callingModel('read', asked), tools: { read }, prompt: 'Go.' });
    for await (const part of fullStream) {
      if (part.type !== 'tool-result') continue;
      const { state } = part.output as RLMToolOutput;
      seen.push([state, part.preliminary === true]);
    }
    expect(seen).toEqual([
      ['running', true],
      ['answered', true],
      ['answered', false],
    ]);
  });

  test('a run without an answer says why, with what it has', async () => {
    const script = () => repl('answer["content"] = "a draft"');
    const root = aiSdkModel(scriptedModel(script));
    const read = rlmTool({ ...settings, rootModel: root, context: 'one two', maxIterations: 1 });
    const last = (await outputsOf(read, asked)).at(-1) as RLMToolOutput;
    expect(last).toMatchObject({ state: 'failed', stopReason: 'max_iterations', partialAnswer: 'a draft' });
    expect(read.toModelOutput({ output: last })).toMatchObject({
      type: 'error-text',
      value: expect.stringMatching(/^No answer \(max_iterations\): .* not checked: a draft$/),
    });
  });

  test('a typed answer comes as it is, and to the model as JSON', async () => {
    const schema = { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] } as const;
    const root = aiSdkModel(scriptedModel(() => submit('{"word": context}')));
    const read = rlmTool<{ word: string }>({ ...settings, rootModel: root, context: 'one', schema });
    const last = (await outputsOf(read, asked)).at(-1) as RLMToolOutput<{ word: string }>;
    expect(last).toMatchObject({ state: 'answered', answer: { word: 'one' } });
    expect(read.toModelOutput({ output: last })).toEqual({ type: 'text', value: '{"word":"one"}' });
  });

  test('the abort of generateText ends the run', async () => {
    const root = scriptedModel(() => HANG);
    const read = rlmTool({ ...settings, rootModel: aiSdkModel(root), context: 'one two' });
    const abort = new AbortController();
    const whole = generateText({
      model: callingModel('read', asked),
      tools: { read },
      stopWhen: isStepCount(2),
      prompt: 'Go.',
      abortSignal: abort.signal,
    });
    const settled = Promise.allSettled([whole]);
    await expect.poll(() => root.doGenerateCalls).toHaveLength(1);
    abort.abort();
    await settled;
    await expect.poll(() => root.doGenerateCalls[0]?.abortSignal?.aborted).toBe(true);
  });

  test('a run that nobody listens to any more ends', async () => {
    const script = conversation({ turns: [repl('llm_query("a")')], prompt: HANG });
    const root = scriptedModel(script);
    const read = rlmTool({ ...settings, rootModel: aiSdkModel(root), context: 'one two' });
    for await (const { state } of read.execute(asked, {})) if (state === 'running') break;
    const signal = root.doGenerateCalls.at(-1)?.abortSignal;
    await expect.poll(() => signal?.aborted).toBe(true);
  });
});

test('what is wrong before a run is thrown', async () => {
  const read = rlmTool({
    ...settings,
    context: 'one',
    rootModel: aiSdkModel(scriptedModel(() => LAST)),
    maxDepth: 0,
  });
  await expect(outputsOf(read, { query: 'Which?' })).rejects.toMatchObject({ code: 'invalid_options' });
});

async function outputsOf<I, T>(tool: AISDKTool<I, T>, input: I): Promise<RLMToolOutput<T>[]> {
  const outputs: RLMToolOutput<T>[] = [];
  for await (const output of tool.execute(input, {})) outputs.push(output);
  return outputs;
}
