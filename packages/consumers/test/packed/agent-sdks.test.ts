import { beforeAll, expect, test } from 'vitest';
import { Project } from '../support/project.ts';

// Tools of two agent SDKs, which hand over `AbortSignal | undefined`, as a strict project writes and runs them.

const PROGRAM = `import { tool as ofOpenAI } from '@openai/agents';
import { tool as ofAISDK } from 'ai';
import { aiSdkModel, rlmTool } from '@rlm-bridge/ai-sdk';
import { assessWorkers } from '@rlm-bridge/assess';
import { openSession, runRLM } from 'rlm-bridge';
import { z } from 'zod';

const OPTIONS = { backend: 'offline', environment: 'local', logDir: false, quiet: true } as const;
const parameters = z.object({ question: z.string() });
const about = { description: 'Knows the ship.' };

async function answer(question: string, signal: AbortSignal | undefined): Promise<string> {
  const result = await runRLM('The name of the ship is the Kestrel.', question, { ...OPTIONS, signal });
  return result.success ? result.answer : result.error.message;
}

const first = ofAISDK({
  ...about, inputSchema: parameters,
  execute: async ({ question }, { abortSignal }) => await answer(question, abortSignal),
});
const second = ofOpenAI({
  ...about, name: 'ask', parameters,
  execute: async ({ question }, _context, details) => await answer(question, details?.signal),
});

export const others = (signal: AbortSignal | undefined, limit: number | undefined) => [
  rlmTool({ context: 'text', signal, maxIterations: limit }),
  openSession({ ...OPTIONS, signal, environmentOptions: { memoryMb: limit } }),
  assessWorkers([{ id: 'w', branch: 'b', criteria: undefined }], { signal, samples: limit, gate: { minScore: limit } }),
  (model: Parameters<typeof aiSdkModel>[0]) => aiSdkModel(model, { temperature: limit, maxOutputTokens: limit }),
];

const question = 'What is the name of the ship?';
console.log('AI SDK:', await first.execute?.({ question }, { toolCallId: '1', messages: [], context: {} }));
console.log('OpenAI Agents:', await second.invoke(undefined as never, JSON.stringify({ question })));
`;

const STRICT = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: true };
const CONFIG = { compilerOptions: { ...STRICT, module: 'nodenext', target: 'es2024', noEmit: true, types: ['node'] } };

let project: Project;

beforeAll(async () => {
  project = Project.installed('agent-sdks');
  await project.write({
    'agents.mts': PROGRAM,
    'tsconfig.json': JSON.stringify({ ...CONFIG, include: ['agents.mts'] }),
  });
});

test('tools of agent SDKs hand over a signal or undefined, under exactOptionalPropertyTypes', async () => {
  const { stdout, exitCode } = await project.try('node_modules/.bin/tsc', ['-p', '.', '--checkers', '1']);
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 0 });
});

test('and a tool without a signal answers', async () => {
  const { stdout } = await project.run('node', ['agents.mts']);
  expect(stdout).toMatch(/AI SDK: The name of the ship is the Kestrel/);
  expect(stdout).toMatch(/OpenAI Agents: The name of the ship is the Kestrel/);
});
