#!/usr/bin/env node
// A Stop hook for coding agents (Claude Code, Codex): see "When an agent stops" in docs/ci.md.
// stdin: {"session_id","cwd","stop_hook_active",...}; stdout: {"decision":"block","reason"} where the gate fails, else a word
// to the user or {}. Arguments go to `rlm assess`. It ends with 0 whatever came of it: another code is an error of the hook.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** How often one session is held up until its work passes; 2 when it is not set, 0 never. */
const MOST_BLOCKS = wholeOf(process.env.RLM_STOP_HOOK_BLOCKS, 2);
/** Seconds that judging may take, below what the agent gives a hook; 540 when it is not set. */
const MOST_SECONDS = wholeOf(process.env.RLM_STOP_HOOK_SECONDS, 540);
/** Longest that a prompt gets of it. */
const MOST_CHARS = 20_000;
const WORKER = 'changes';

async function main() {
  const { session_id: session, cwd } = readInput();
  const count = new BlockCount(session);
  const blocks = count.get();
  // Where nobody can count there is no end to it: known before anything is spent.
  count.set(blocks);
  const { code, instructions, said } = await assess(cwd);
  if (code === 0) {
    count.clear();
    return {};
  }
  if (code !== 1) {
    const how = code === null ? '' : ` (exit code ${code})`;
    return { systemMessage: `rlm assess could not judge the work${how}, so the agent may stop: ${said}` };
  }
  if (blocks >= MOST_BLOCKS) {
    return {
      systemMessage: `rlm assess still fails, and has held the agent up ${blocks} times, so it may stop: ${said}`,
    };
  }
  count.set(blocks + 1);
  return { decision: 'block', reason: instructions.slice(0, MOST_CHARS) };
}

function readInput() {
  let input;
  try {
    input = JSON.parse(readFileSync(0, 'utf8'));
  } catch {
    throw new Error('stdin is no JSON: an agent starts this as a hook of the event Stop.');
  }
  const { session_id, cwd } = input ?? {};
  if (typeof session_id !== 'string' || typeof cwd !== 'string') {
    throw new Error('stdin has no session_id and cwd: an agent starts this as a hook of the event Stop.');
  }
  return { session_id, cwd };
}

/** How often a session was held up since its work passed; by a file, for `stop_hook_active` is not always told. */
class BlockCount {
  #folder = join(process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'rlm-bridge', 'stop-hook');
  #file;

  constructor(session) {
    this.#file = join(this.#folder, createHash('sha256').update(session).digest('hex').slice(0, 32));
  }

  get() {
    // A file that holds no number counts as one that is full.
    if (existsSync(this.#file)) return wholeOf(readFileSync(this.#file, 'utf8'), MOST_BLOCKS);
    return 0;
  }

  set(blocks) {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      writeFileSync(this.#file, String(blocks), { mode: 0o600 });
    } catch (error) {
      throw new Error(`${this.#folder} cannot be written (${error.code}): set XDG_STATE_HOME to a folder that can.`);
    }
  }

  clear() {
    rmSync(this.#file, { force: true });
  }
}

/** One judgement: the exit code, what is to be put right, and the verdict in a line. */
function assess(cwd) {
  const [command, ...first] = (process.env.RLM_COMMAND || 'rlm').split(' ');
  const args = [...first, 'assess', '--changed', '--instructions', WORKER, ...process.argv.slice(2)];
  return new Promise((resolve, reject) => {
    const judging = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const texts = { instructions: '', stderr: '' };
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      judging.kill('SIGTERM');
    }, MOST_SECONDS * 1000);
    // An agent that waits no longer ends this, and what this has started.
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => judging.kill('SIGTERM'));
    judging.stdout.on('data', (data) => (texts.instructions += data));
    judging.stderr.on('data', (data) => (texts.stderr += data));
    judging.on('error', () => {
      clearTimeout(timer);
      reject(new Error(`"${command}" cannot be started: install rlm, or name it in RLM_COMMAND.`));
    });
    judging.on('close', (code) => {
      clearTimeout(timer);
      const said = isLate
        ? `it takes longer than ${MOST_SECONDS} s.`
        : texts.stderr.split('\n').slice(0, 2).join(' ').trim();
      resolve({ code: isLate ? null : code, instructions: texts.instructions, said });
    });
  });
}

function wholeOf(text, otherwise) {
  return /^\d+$/.test(text ?? '') ? Number(text) : otherwise;
}

// Last, when all of the file is there.
const answer = await main().catch((error) => ({
  systemMessage: `rlm stop hook: ${error.message} The work was not judged.`,
}));
process.stdout.write(`${JSON.stringify(answer)}\n`);
