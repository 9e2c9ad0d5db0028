import { join } from 'node:path';
import type { RunSpec } from '@rlm-bridge/protocol';
import type { WorkerCommand } from '../src/python/python-command.ts';
import type { RunRequest } from '../src/worker/active-run.ts';

/** A program of test/fixtures, as a path that can be executed in place of Python: a worker, and no template of workers. */
export function fixture(name: string): string {
  return join(import.meta.dirname, 'fixtures', `${name}.py`);
}

process.env.RLM_WORKER_START = 'spawn';

// These programs begin with env python3, and that of a version manager is a shell that takes five times as long to start.
const pythons = join(import.meta.dirname, '../../../python/.venv/bin');
if (!process.env.PATH?.startsWith(pythons)) process.env.PATH = `${pythons}:${process.env.PATH}`;

export function fixtureCommand(name: string): WorkerCommand {
  return { file: fixture(name), args: [], env: { PATH: process.env.PATH ?? '' }, start: 'spawn', local: true };
}

const refused = () => Promise.reject(new Error('This run serves no requests.'));
const noServices: RunRequest['services'] = {
  callTool: refused,
  callModel: refused,
  checkAnswer: refused,
  writeEffects: refused,
};

export function runRequest(id: string, overrides: Partial<RunSpec> = {}): RunRequest {
  const model = { backend: 'offline', model: 'm', baseUrl: null, samplingArgs: {}, priceProvider: null } as const;
  const side = { apiKey: null, backendOptions: {} };
  const spec: RunSpec = {
    query: 'q',
    context: { kind: 'text', path: import.meta.filename },
    rootModel: model,
    subModel: model,
    environment: 'local',
    environmentOptions: {},
    limits: {
      maxIterations: 1,
      maxSubCalls: 1,
      maxConcurrentSubCalls: 1,
      maxToolCalls: 1,
      maxDepth: 1,
      maxBudgetUsd: null,
      maxDurationMs: null,
      maxTokens: null,
      maxErrors: null,
      maxOutputChars: 1,
    },
    logDir: null,
    systemPrompt: null,
    compaction: false,
    promptCaching: true,
    session: null,
    strategy: 'recurse',
    answer: { schema: null, check: false, requireCoverage: null, typedSubCalls: false },
    tools: [],
    prices: {},
    journal: null,
    ...overrides,
  };
  return { spec, secrets: { id, root: side, sub: side }, onEvent: () => {}, services: noServices };
}

/** Waits for a fact; the test's own timeout is the watchdog. */
export async function until<T>(fact: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const value = await fact();
    if (value !== undefined && value !== false) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
