import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { Socket } from 'node:net';

/** What git says of a name: a line, and what the object holds, where there is one. */
export interface GitObject {
  line: string;
  bytes: Buffer;
}

/** Why there is no answer: what git said, or what befell its process. */
export class CatFileError extends Error {
  readonly said: string;
  override readonly cause: Error;

  constructor(said: string, cause: Error) {
    super(said || cause.message);
    this.said = said;
    this.cause = cause;
  }
}

/** Objects of a repository, by `git cat-file --batch`: while it is kept, one process answers whatever is asked. */
export class CatFile {
  readonly #start: () => ChildProcessWithoutNullStreams;
  #isKept = false;
  #answering: Answering | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(start: () => ChildProcessWithoutNullStreams) {
    this.#start = start;
  }

  /** From now on the process stays between questions, until `end`. It does not hold Node up. */
  keep(): void {
    this.#isKept = true;
  }

  end(): void {
    this.#isKept = false;
    this.#answering?.end();
    this.#answering = null;
  }

  /**
   * The objects of names, none of which holds a line end; null: they are more than `maxBytes`.
   * @throws {CatFileError} (as a rejection)
   */
  async ask(names: readonly string[], maxBytes: number, signal?: AbortSignal): Promise<GitObject[] | null> {
    const answer = this.#last.then(() => this.#ask(names, maxBytes, signal));
    this.#last = answer.catch(() => {});
    return await answer;
  }

  async #ask(names: readonly string[], maxBytes: number, signal?: AbortSignal): Promise<GitObject[] | null> {
    signal?.throwIfAborted();
    const answering = this.#answering?.isOpen ? this.#answering : new Answering(this.#start());
    this.#answering = this.#isKept ? answering : null;
    const kill = () => answering.kill();
    signal?.addEventListener('abort', kill, { once: true });
    try {
      const answer = answering.ask(names, maxBytes);
      if (!this.#isKept) answering.end();
      return await answer;
    } finally {
      signal?.removeEventListener('abort', kill);
    }
  }
}

interface Question {
  count: number;
  bytesLeft: number;
  found: GitObject[];
  resolve: (found: GitObject[] | null) => void;
  reject: (error: CatFileError) => void;
}

/** One process, which is asked one question at a time. */
class Answering {
  readonly #child: ChildProcessWithoutNullStreams;
  #question: Question | null = null;
  #said = '';
  #chunks: Buffer[] = [];
  #held = 0;
  /** Bytes of which the next answer has at least as many. */
  #needed = 1;
  isOpen = true;

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    child.stdout.on('data', (chunk: Buffer) => this.#take(chunk));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text;
    });
    // One that ends before it has read everything says so by its end.
    child.stdin.on('error', () => {});
    child.on('error', (error) => this.#fail(error));
    child.on('close', (code, signal) => this.#fail(new Error(`it ended with ${code ?? signal}`)));
  }

  ask(names: readonly string[], maxBytes: number): Promise<GitObject[] | null> {
    const { promise, resolve, reject } = Promise.withResolvers<GitObject[] | null>();
    this.#question = { count: names.length, bytesLeft: maxBytes, found: [], resolve, reject };
    this.#hold(true);
    this.#child.stdin.write(names.map((name) => `${name}\n`).join(''));
    return promise;
  }

  end(): void {
    this.isOpen = false;
    this.#child.stdin.end();
  }

  kill(): void {
    this.isOpen = false;
    this.#child.kill();
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    if (this.#held < this.#needed) return;
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    let at = 0;
    for (let next = this.#next(bytes, at); next !== null; next = this.#next(bytes, at)) at = next;
    this.#chunks = [bytes.subarray(at)];
    this.#held = bytes.length - at;
  }

  /** Takes the answer that stands there. @returns where it ends; null: not all of it is there. */
  #next(bytes: Buffer, at: number): number | null {
    const question = this.#question;
    if (question === null) return null;
    const lineEnd = bytes.indexOf(LINE_END, at);
    this.#needed = bytes.length - at + 1;
    if (lineEnd === -1) return null;
    const line = bytes.toString('utf8', at, lineEnd);
    const size = sizeIn(line);
    const end = size === null ? lineEnd + 1 : lineEnd + 1 + size + 1;
    if (end - at > question.bytesLeft) {
      this.kill();
      this.#settle()?.resolve(null);
      return null;
    }
    this.#needed = Math.max(1, end - at);
    if (end > bytes.length) return null;
    question.bytesLeft -= end - at;
    question.found.push({ line, bytes: size === null ? NOTHING : bytes.subarray(lineEnd + 1, end - 1) });
    this.#needed = 1;
    if (question.found.length === question.count) this.#settle()?.resolve(question.found);
    return end;
  }

  #fail(cause: Error): void {
    this.isOpen = false;
    const error = new CatFileError(this.#said.trim(), cause);
    this.#settle()?.reject(error);
  }

  #settle(): Question | null {
    const question = this.#question;
    this.#question = null;
    this.#said = '';
    this.#hold(false);
    return question;
  }

  /** Whether Node waits for the process. */
  #hold(isHeld: boolean): void {
    const { stdin, stdout, stderr } = this.#child;
    for (const one of [this.#child, ...[stdin, stdout, stderr].filter((pipe) => pipe instanceof Socket)]) {
      if (isHeld) one.ref();
      else one.unref();
    }
  }
}

const LINE_END = 0x0a;
const NOTHING = Buffer.alloc(0);

/** Bytes of the object whose line it is; null: there is none. */
function sizeIn(line: string): number | null {
  const size = /^[0-9a-f]+ \w+ (\d+)$/.exec(line)?.[1];
  return size === undefined ? null : Number(size);
}
