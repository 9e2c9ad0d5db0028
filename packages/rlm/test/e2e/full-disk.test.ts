import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conversation, repl, submit } from '@rlm-bridge/fake-provider';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RLMOptions, runRLM } from '../../src/index.ts';
import { expectExactBill } from './support/bill.ts';
import { endWorkers } from './support/end-workers.ts';
import { finish, optionsFor, provider } from './support/run.ts';

// A file system of a megabyte, which only root can mount: the same faults are played for others in unit tests.

let folder = '';
let disk = '';

/** Leaves no room for a byte. */
async function fill(): Promise<void> {
  await execa('dd', ['if=/dev/zero', `of=${disk}/filler`, 'bs=4k'], { reject: false });
}

const TURNS = { turns: [repl("answer['content'] = 'half'\nprint('here')"), submit("'done'")], prompt: () => 'ok' };

if (process.getuid?.() === 0) {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
    disk = join(folder, 'disk');
    await mkdir(disk);
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=755,nr_inodes=100', 'tmpfs', disk]);
  });
  beforeEach(async () => {
    await endWorkers();
    for (const name of await readdir(disk)) await rm(join(disk, name), { recursive: true });
  });
  afterAll(async () => {
    await endWorkers();
    await execa('umount', ['--lazy', disk]);
    await rm(folder, { recursive: true });
  });

  describe('a disk that is full', () => {
    test('logs: the run ends as it would, with a warning', async () => {
      const fake = await provider(conversation(TURNS));
      await fill();
      const outcome = await finish(fake, { logDir: join(disk, 'logs') });
      expect(outcome.result).toMatchObject({ success: true, answer: 'done' });
      expectExactBill(outcome, fake);
      const warnings = outcome.events.filter(({ type }) => type === 'log');
      expect(JSON.stringify(warnings)).toMatch(/No space left on device/);
    });

    test('the spool of a context: typed, TMPDIR named, nothing asked', async () => {
      const fake = await provider(conversation(TURNS));
      const context = 'line of the context\n'.repeat(200_000);
      const error = await runInTemporary(optionsFor(fake), context);
      expect(error).toMatchObject({ code: 'context_not_written', message: expect.stringMatching(/ENOSPC.*TMPDIR/s) });
      expect(fake.served).toEqual([]);
    });

    test('the temporary folder itself: typed, TMPDIR named', async () => {
      const fake = await provider(conversation(TURNS));
      await mkdir(join(disk, 'here'));
      for (let n = 0; await writeFile(join(disk, 'here', String(n)), '').then(isDone, isFull); n++);
      const error = await runInTemporary(optionsFor(fake), 'short');
      expect(error).toMatchObject({ code: 'temp_folder_unusable', message: expect.stringContaining('TMPDIR') });
    });

    test('the cache: typed, RLM_CACHE_DIR named', async () => {
      const uv = join(folder, 'uv-that-fills');
      const program = `#!/bin/sh\n[ "$1" = --version ] && { echo "uv 0.13.8"; exit; }\n[ "$1" = python ] && { echo /usr/bin/python3; exit; }\nmkdir -p "$UV_PROJECT_ENVIRONMENT" && dd if=/dev/zero of="$UV_PROJECT_ENVIRONMENT/package" bs=64k count=64\n`;
      await writeFile(uv, program, { mode: 0o755 });
      const { python: _, ...options } = optionsFor(await provider(conversation(TURNS)), { uv: { path: uv } });
      const error = await withVariable('RLM_CACHE_DIR', disk, () => rejectionOf(options, 'short'));
      expect(error).toMatchObject({ code: 'cache_folder_unusable', message: expect.stringContaining('RLM_CACHE_DIR') });
    });
  });
}

const isDone = () => true;
const isFull = () => false;

async function withVariable<T>(name: string, value: string, work: () => Promise<T>): Promise<T> {
  const { [name]: before } = process.env;
  process.env[name] = value;
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  }
}

/** A run of a new worker whose temporary folder is on the small disk. */
async function runInTemporary(options: RLMOptions, context: string): Promise<unknown> {
  return await withVariable('TMPDIR', disk, () => rejectionOf(options, context));
}

async function rejectionOf(options: RLMOptions, context: string): Promise<unknown> {
  return await runRLM(context, 'q', options).catch((error: unknown) => error);
}
