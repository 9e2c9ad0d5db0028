import { type ExecFileException, type ExecFileOptions, execFile, spawn } from 'node:child_process';
import { WorkerError } from '../api/errors.ts';
import { CatFile, CatFileError, type GitObject } from './cat-file.ts';
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
const CAT_FILE = 'cat-file';
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
  readonly #catFile: CatFile;

  constructor(cwd: string, signal?: AbortSignal, config: Readonly<Record<string, string>> = SAFE_CONFIG, of?: Git) {
    this.cwd = cwd;
    this.signal = signal;
    this.#config = config;
    const start = () => spawn('git', [...SAFE, CAT_FILE, '--batch'], this.#surroundings);
    this.#catFile = of === undefined ? new CatFile(start) : of.#catFile;
  }

  /** The same with more settings; objects are asked for in one place. */
  configured(config: Readonly<Record<string, string>>): Git {
    return new Git(this.cwd, this.signal, { ...this.#config, ...config }, this);
  }

  /** The same, ended by another signal. */
  under(signal: AbortSignal | undefined): Git {
    return new Git(this.cwd, signal, this.#config, this);
  }

  /** From now on one process says all that is asked of objects, until `end`. */
  keep(): void {
    this.#catFile.keep();
  }

  end(): void {
    this.#catFile.end();
  }

  /** What git has of names. @throws {WorkerError} `evidence_unreadable`, with what git says. */
  async objects(names: readonly string[]): Promise<GitObject[]> {
    const found = await this.objectsWithin(MAX_OUTPUT_BYTES, names);
    if (found === null) {
      const message = `git ${CAT_FILE} failed in ${this.cwd}: it printed more than ${MAX_OUTPUT_BYTES} bytes`;
      throw new WorkerError('evidence_unreadable', message);
    }
    return found;
  }

  /** The same, or null where it is more than `maxBytes`. @throws {WorkerError} */
  async objectsWithin(maxBytes: number, names: readonly string[]): Promise<GitObject[] | null> {
    const { found, message } = await this.#objects(names, maxBytes);
    if (message !== null) throw new WorkerError('evidence_unreadable', message);
    return found;
  }

  /** The same, or null where git does not say. */
  async askObjects(names: readonly string[]): Promise<GitObject[] | null> {
    return (await this.#objects(names, MAX_OUTPUT_BYTES)).found;
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
    const { stdout, stderr, error } = await runProgram('git', [...SAFE, ...args], input, {
      ...this.#surroundings,
      maxBuffer,
      ...(this.signal && { signal: this.signal }),
    });
    this.signal?.throwIfAborted();
    const message = error && this.#messageOf(String(args[0]), stderr.toString('utf8').trim(), error);
    return { failed: error !== null, code: error?.code, stdout, message: message ?? '' };
  }

  async #objects(names: readonly string[], maxBytes: number) {
    try {
      const found = await this.#catFile.ask(names, maxBytes, this.signal);
      this.signal?.throwIfAborted();
      return { found, message: null };
    } catch (error) {
      this.signal?.throwIfAborted();
      if (!(error instanceof CatFileError)) throw error;
      return { found: null, message: this.#messageOf(CAT_FILE, error.said, error.cause) };
    }
  }

  get #surroundings() {
    const env = {
      ...process.env,
      ...ENVIRONMENT,
      ...configuration(this.#config),
      ...Object.fromEntries(MISLEADING.map((name) => [name, undefined])),
    };
    return { cwd: this.cwd, env };
  }

  /** What went wrong. @throws {WorkerError} where it is no answer to any question. */
  #messageOf(command: string, said: string, error: NodeJS.ErrnoException | ExecFileException): string {
    const known = knownError(said, this.cwd);
    if (known !== null) throw known;
    return `git ${command} failed in ${this.cwd}: ${said || whyNot(error)}`;
  }
}

function whyNot(error: NodeJS.ErrnoException | ExecFileException): string {
  return error.code === 'ENOENT' ? 'git is not on PATH, or there is no such folder.' : error.message;
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
