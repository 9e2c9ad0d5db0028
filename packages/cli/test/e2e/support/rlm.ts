import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { FakeProvider } from '@rlm-bridge/fake-provider';
import { execa } from 'execa';
import { onTestFinished, vi } from 'vitest';
import { PACKED_FOLDER } from '../../../../../scripts/tarballs.ts';
import { main } from '../../../src/main.ts';

export const BIN = fileURLToPath(new URL('../../../src/bin.ts', import.meta.url));
export const PYTHON =
  process.env.RLM_PYTHON ?? fileURLToPath(new URL('../../../../../python/.venv/bin/python', import.meta.url));

const BUILT = fileURLToPath(new URL('../../../dist/bin.mjs', import.meta.url));
/** Node and the command: as it is published where the suite has built it, which starts sooner, else its sources. */
export const COMMAND = [
  process.execPath,
  ...(process.env[PACKED_FOLDER] ? [BUILT] : ['--conditions=@rlm-bridge/source', BIN]),
] as const;

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
  /** Beside those of this process, but for what is undefined here. */
  env?: Record<string, string | undefined>;
}

const ENVIRONMENT = { RLM_PYTHON: PYTHON, NO_COLOR: '1' };

/** The command as a process of its own: for what a process does, and wherever something might end it or be run by it. */
export function rlmProcess(args: string[], { cwd, input, env = {} }: Surroundings) {
  const [node, ...program] = COMMAND;
  return execa(node, [...program, ...args], {
    cwd,
    ...(input !== undefined && { input }),
    reject: false,
    env: { ...ENVIRONMENT, ...env },
  });
}

/** How a command ended, and what it said without the last end of line. */
interface Ended {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** What a process has besides: a signal that ends it, and whoever reads what it says while it works. */
interface Watched extends Surroundings {
  signal?: AbortSignal;
  reader?: (text: string, from: 'stdout' | 'stderr') => void;
}

/** The command in this process, called as its program calls it, one at a time: its folder and variables are the process's. */
export async function rlm(args: string[], { cwd, input, env = {}, signal, reader }: Watched): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  const sink = (from: keyof typeof said) => ({
    write(text: string) {
      said[from] += text;
      reader?.(text, from);
    },
  });
  const before = process.cwd();
  for (const [name, value] of Object.entries({ ...ENVIRONMENT, ...env })) vi.stubEnv(name, value);
  process.chdir(cwd);
  try {
    const exitCode = await main(args, {
      stdin: Readable.from(input === undefined ? [] : [input]),
      stdout: sink('stdout'),
      stderr: sink('stderr'),
      env: process.env,
      cwd: process.cwd(),
      signal: signal ?? new AbortController().signal,
    });
    return { exitCode, stdout: said.stdout.replace(/\n$/, ''), stderr: said.stderr.replace(/\n$/, '') };
  } finally {
    process.chdir(before);
    vi.unstubAllEnvs();
  }
}
