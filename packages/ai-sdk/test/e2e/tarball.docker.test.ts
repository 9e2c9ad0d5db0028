import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { surroundings } from './support/mock-models.ts';

// What users get: the packed package beside rlm-bridge and the AI SDK, in an empty project. Among the tests of Docker, which
// run one at a time: rlm-bridge is packed in its folder, and by a test of its own.

const repository = resolve(import.meta.dirname, '../../../..');
const AI_SDK = ['ai@^7.0.173', '@ai-sdk/provider@^4.0.38', 'zod@^4.6.7'];
let project: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'rlm-ai-sdk-project-'));
  for (const name of ['rlm-bridge', '@rlm-bridge/ai-sdk']) {
    await execa('pnpm', ['--filter', name, 'pack', '--out', join(project, `${name.replace('/', '-')}.tgz`)], {
      cwd: repository,
    });
  }
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'project', private: true, type: 'module' }));
  await writeFile(join(project, 'pnpm-workspace.yaml'), 'overrides:\n  rlm-bridge: file:./rlm-bridge.tgz\n');
  const packages = ['./rlm-bridge.tgz', './@rlm-bridge-ai-sdk.tgz', ...AI_SDK];
  await execa('pnpm', ['add', '--prefer-offline', ...packages], { cwd: project });
});

afterAll(() => rm(project, { recursive: true }));

const { python, ...settings } = surroundings('docker');

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
  const read = rlmTool({ ...${JSON.stringify(settings)} as const, rootModel: aiSdkModel(inner), context: 'kestrel' });
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

async function typeCheck(): Promise<{ exitCode: number | undefined; stdout: string }> {
  const types = ['--types', 'node', '--typeRoots', join(repository, 'node_modules/@types'), '--skipLibCheck'];
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext', '--target', 'es2024', '--noEmit'];
  const tsc = join(repository, 'node_modules/.bin/tsc');
  const { stdout, exitCode } = await execa(tsc, [...types, ...strict, 'program.mts'], { cwd: project, reject: false });
  return { exitCode, stdout };
}

test('its types stand on their own, and beside those of the SDK', async () => {
  await writeFile(join(project, 'program.mts'), PROGRAM);
  expect(await typeCheck()).toEqual({ exitCode: 0, stdout: '' });
});

test('a run is a tool there, and a model of the SDK serves it', async () => {
  await writeFile(join(project, 'program.mts'), PROGRAM);
  const env = { RLM_PYTHON: python };
  const { stdout, stderr, exitCode } = await execa('node', ['program.mts'], { cwd: project, env, reject: false });
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: 'KESTREL', stderr: '' });
});

test('the same holds with AI SDK 6', async () => {
  await execa('pnpm', ['add', '--prefer-offline', 'ai@^6.0.326', '@ai-sdk/provider@^3.0.0'], { cwd: project });
  const program = PROGRAM.replaceAll('MockLanguageModelV4', 'MockLanguageModelV3');
  await writeFile(join(project, 'program.mts'), program.replaceAll('isStepCount', 'stepCountIs'));
  expect(await typeCheck()).toEqual({ exitCode: 0, stdout: '' });
  const { stdout } = await execa('node', ['program.mts'], { cwd: project, env: { RLM_PYTHON: python } });
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
  await writeFile(join(project, 'alone.mjs'), program);
  await execa('pnpm', ['remove', 'ai', '@ai-sdk/provider'], { cwd: project });
  const { stdout } = await execa('node', ['alone.mjs'], { cwd: project });
  expect(stdout).toBe('said');
});
