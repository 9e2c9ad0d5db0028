import { type ExecFileException, type ExecFileOptions, execFile } from 'node:child_process';
import { WorkerError } from '../api/errors.ts';
import { knownError } from './git-errors.ts';

/** Longest output of one command that is held, in bytes. */
const MAX_OUTPUT_BYTES = 1_000_000_000;
/** Node's code of a command that printed more than was to be held. */
const CUT = 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER';

// Reads only: no lock is taken, no hook, monitor, pager or external program is run, and nothing is fetched.
const SAFE = ['--no-pager'];
const SAFE_CONFIG = {
  'core.fsmonitor': 'false',
  'core.hooksPath': '/dev/null',
  'protocol.allow': 'never',
  // What a repository may have been told so that git overlooks a change, or takes other parents for a commit's.
  'core.trustctime': 'true',
  'core.checkStat': 'default',
  'core.untrackedCache': 'false',
  'core.ignoreCase': 'false',
  'core.commitGraph': 'false',
};
const ENVIRONMENT = {
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_GRAFT_FILE: '/dev/null',
  LC_ALL: 'C',
};
/** They would point git at another repository than `cwd`'s. */
const MISLEADING = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_NAMESPACE',
  'GIT_PREFIX',
];

/** What a search printed. */
export interface Found {
  /** The output, as far as it goes. */
  stdout: Buffer;
  /** Whether there was more than was asked for. */
  isCut: boolean;
}

/** git in one directory, by its plumbing. */
export class Git {
  /** The folder that git runs in. */
  readonly cwd: string;
  /** Ends a command when it aborts. */
  readonly signal: AbortSignal | undefined;
  readonly #config: Readonly<Record<string, string>>;

  constructor(cwd: string, signal?: AbortSignal, config: Readonly<Record<string, string>> = SAFE_CONFIG) {
    this.cwd = cwd;
    this.signal = signal;
    this.#config = config;
  }

  /** The same with more settings. */
  configured(config: Readonly<Record<string, string>>): Git {
    return new Git(this.cwd, this.signal, { ...this.#config, ...config });
  }

  /** What a command prints. @throws {WorkerError} `evidence_unreadable`, with what git says. */
  async run(args: readonly string[], input?: string | Uint8Array): Promise<Buffer> {
    const { failed, stdout, message } = await this.#git(args, input);
    if (failed) throw new WorkerError('evidence_unreadable', message);
    return stdout;
  }

  /** What a command prints, or null when it fails. */
  async ask(args: readonly string[], input?: string | Uint8Array): Promise<string | null> {
    const { failed, stdout } = await this.#git(args, input);
    return failed ? null : stdout.toString('utf8').trimEnd();
  }

  /** The same, or null where it is more than `maxBytes`. @throws {WorkerError} */
  async runWithin(maxBytes: number, args: readonly string[], input?: string | Uint8Array): Promise<Buffer | null> {
    const { failed, code, stdout, message } = await this.#git(args, input, maxBytes);
    if (code === CUT) return null;
    if (failed) throw new WorkerError('evidence_unreadable', message);
    return stdout;
  }

  /**
   * What a command prints that ends with 1 where it finds nothing, cut where that is more than `maxBytes`.
   * @throws {WorkerError} `evidence_unreadable`, with what git says.
   */
  async search(args: readonly string[], maxBytes: number): Promise<Found> {
    const { failed, code, stdout, message } = await this.#git(args, '', maxBytes);
    const isCut = code === CUT;
    if (failed && !isCut && code !== 1) throw new WorkerError('evidence_unreadable', message);
    return { stdout, isCut };
  }

  /** The fields of a command's output under `-z`. */
  async fields(args: readonly string[], input?: string | Uint8Array): Promise<Buffer[]> {
    const fields = splitAtZero(await this.run(args, input));
    if (fields.at(-1)?.length === 0) fields.pop();
    return fields;
  }

  async #git(args: readonly string[], input: string | Uint8Array = '', maxBuffer = MAX_OUTPUT_BYTES) {
    const env = {
      ...process.env,
      ...ENVIRONMENT,
      ...configuration(this.#config),
      ...Object.fromEntries(MISLEADING.map((name) => [name, undefined])),
    };
    const { stdout, stderr, error } = await runProgram('git', [...SAFE, ...args], input, {
      cwd: this.cwd,
      env,
      maxBuffer,
      ...(this.signal && { signal: this.signal }),
    });
    this.signal?.throwIfAborted();
    const said = stderr.toString('utf8').trim();
    const known = knownError(said, this.cwd);
    if (error !== null && known !== null) throw known;
    const reason = said || whyNot(error);
    return {
      failed: error !== null,
      code: error?.code,
      stdout,
      message: `git ${args[0]} failed in ${this.cwd}: ${reason}`,
    };
  }
}

function whyNot(error: ExecFileException | null): string {
  if (error?.code === 'ENOENT') return 'git is not on PATH, or there is no such folder.';
  return error?.message ?? '';
}

/** What a program printed, whatever its end. An assessment asks git dozens of times: Node's own function takes the least. */
function runProgram(
  file: string,
  args: readonly string[],
  input: string | Uint8Array,
  options: ExecFileOptions,
): Promise<{ stdout: Buffer; stderr: Buffer; error: ExecFileException | null }> {
  return new Promise((resolve) => {
    const child = execFile(file, args, { ...options, encoding: 'buffer' }, (error, stdout, stderr) =>
      resolve({ stdout, stderr, error }),
    );
    // One that ends before it has read everything says so by its exit code.
    child.stdin?.on('error', () => {}).end(input);
  });
}

/**
 * Settings by the environment: there, unlike after `-c`, a name may hold any character. They come after those that the
 * caller has there (`safe.directory`, for example), and win over them.
 */
function configuration(config: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(config);
  const first = /^\d+$/.test(process.env.GIT_CONFIG_COUNT ?? '') ? Number(process.env.GIT_CONFIG_COUNT) : 0;
  const pairs = entries.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${first + index}`, key],
    [`GIT_CONFIG_VALUE_${first + index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(first + entries.length), ...Object.fromEntries(pairs) };
}

function splitAtZero(bytes: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(0); end !== -1; end = bytes.indexOf(0, start)) {
    fields.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return [...fields, bytes.subarray(start)];
}
