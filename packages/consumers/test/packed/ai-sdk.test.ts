import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';

// The packed @rlm-bridge/ai-sdk beside rlm-bridge and the AI SDK.

const repository = resolve(import.meta.dirname, '../../../..');

const PROGRAM = `
  import { aiSdkModel, rlmTool, type RLMToolOutput } from '@rlm-bridge/ai-sdk';
  import { generateText, isStepCount } from 'ai';
  import { MockLanguageModelV4 } from 'ai/test';

  const usage = {
    inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: 1, text: 1, reasoning: 0 },
  };
  const saying = (content: { type: 'text'; text: string } | { type: 'tool-call'; toolCallId: string; toolName: string; input: string }) =>
    ({ content: [content], finishReason: { unified: 'stop' as const, raw: undefined }, usage, warnings: [] });
  const code = '\`\`\`repl\\nanswer["content"] = context.upper()\\nanswer["ready"] = True\\n\`\`\`';
  const inner = new MockLanguageModelV4({ doGenerate: async () => saying({ type: 'text', text: code }) });
  const options = { environment: 'local', logDir: false, quiet: true } as const;
  const read = rlmTool({ ...options, rootModel: aiSdkModel(inner), context: 'kestrel' });
  const outer = new MockLanguageModelV4({
    doGenerate: async ({ prompt }) =>
      prompt.at(-1)?.role === 'tool'
        ? saying({ type: 'text', text: 'done' })
        : saying({ type: 'tool-call', toolCallId: '1', toolName: 'read', input: '{"query":"What?"}' }),
  });
  const { steps } = await generateText({ model: outer, tools: { read }, stopWhen: isStepCount(2), prompt: 'Go.' });
  const output = steps[0]?.toolResults[0]?.output as RLMToolOutput;
  console.log(output.state === 'answered' ? output.answer : output);
`;

async function typeCheck(project: Project) {
  const types = ['--types', 'node', '--typeRoots', join(repository, 'node_modules/@types'), '--skipLibCheck'];
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext', '--target', 'es2024', '--noEmit'];
  const tsc = join(repository, 'node_modules/.bin/tsc');
  const { stdout, exitCode } = await project.try(tsc, ['--checkers', '1', ...types, ...strict, 'program.mts']);
  return { exitCode, stdout };
}

test('its types stand on their own, and beside those of the SDK', async () => {
  const project = Project.installed('ai-sdk-7');
  await project.write({ 'program.mts': PROGRAM });
  expect(await typeCheck(project)).toEqual({ exitCode: 0, stdout: '' });
});

test('a run is a tool there, and a model of the SDK serves it', async () => {
  const project = Project.installed('ai-sdk-7');
  await project.write({ 'program.mts': PROGRAM });
  const { stdout, stderr, exitCode } = await project.try('node', ['program.mts']);
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: 'KESTREL', stderr: '' });
});

test('the same holds with AI SDK 6', async () => {
  const project = Project.installed('ai-sdk-6');
  const program = PROGRAM.replaceAll('MockLanguageModelV4', 'MockLanguageModelV3');
  await project.write({ 'program.mts': program.replaceAll('isStepCount', 'stepCountIs') });
  expect(await typeCheck(project)).toEqual({ exitCode: 0, stdout: '' });
  const { stdout } = await project.run('node', ['program.mts']);
  expect(stdout).toBe('KESTREL');
});

test('models need no package of the SDK', async () => {
  const program = `
    import { aiSdkModel } from '@rlm-bridge/ai-sdk';
    const usage = { inputTokens: 1, outputTokens: 1, totalTokens: 2 };
    const doGenerate = async () => ({ content: [{ type: 'text', text: 'said' }], finishReason: 'stop', usage });
    const model = aiSdkModel({ specificationVersion: 'v2', provider: 'p', modelId: 'm', doGenerate });
    console.log((await model({ messages: [], signal: new AbortController().signal })).text);
  `;
  const project = Project.installed('no-ai-sdk');
  await project.write({ 'alone.mjs': program });
  const { stdout } = await project.run('node', ['alone.mjs']);
  expect(stdout).toBe('said');
});
