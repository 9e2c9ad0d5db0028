import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FakeProvider } from '@rlm-bridge/fake-provider';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';

export const BIN = fileURLToPath(new URL('../../../src/bin.ts', import.meta.url));
export const PYTHON =
  process.env.RLM_PYTHON ?? fileURLToPath(new URL('../../../../../python/.venv/bin/python', import.meta.url));

/** A folder to work in, with these files; gone after the test. */
export async function folderOf(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rlm-cli-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

/** A configuration that has runs ask the fake provider, in `local`. */
export function configFor(fake: FakeProvider, more: Record<string, unknown> = {}): string {
  const run = {
    backend: 'openai',
    baseUrl: fake.openaiUrl,
    apiKey: 'test-key',
    rootModel: 'gpt-4.1',
    subModel: 'gpt-4o-mini',
    environment: 'local',
    logDir: false,
    ...more,
  };
  return JSON.stringify({ run });
}

interface Surroundings {
  cwd: string;
  input?: string;
  env?: Record<string, string>;
}

/** The command as a process of its own. */
export function rlm(args: string[], { cwd, input, env = {} }: Surroundings) {
  return execa(process.execPath, ['--conditions=source', BIN, ...args], {
    cwd,
    ...(input !== undefined && { input }),
    reject: false,
    env: { RLM_PYTHON: PYTHON, NO_COLOR: '1', ...env },
  });
}
