import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect } from 'vitest';
import { PACKAGES } from './packages.ts';
import { IMAGE, PYTHON } from './run.ts';

const HOST = fileURLToPath(new URL('../fixtures/snippets-host.ts', import.meta.url));
const END = '--- the end of a snippet ---';
const WHERE = { RLM_PYTHON: PYTHON, RLM_SANDBOX_IMAGE: IMAGE };

type Host = ReturnType<typeof start>;

function start() {
  return execa(process.execPath, [...PACKAGES, HOST, END], { env: WHERE, reject: false });
}

/** Runs `snippet.ts` of a folder as a program, which must end well and write nothing to stderr; gives what it printed. */
export async function runAlone(folder: string, env: Record<string, string>): Promise<string> {
  const argv = [...PACKAGES, 'snippet.ts'];
  const ended = await execa(process.execPath, argv, { cwd: folder, env: { ...WHERE, ...env }, reject: false });
  return printedBy(ended);
}

/** A Node process that does so with one folder after the other: it begins with the first, and must end well by itself. */
export class SnippetProcess implements AsyncDisposable {
  #host: Host | undefined;
  #printed = '';
  #stderr = '';

  async run(folder: string, env: Record<string, string>): Promise<string> {
    this.#host ??= this.#start();
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const look = () => this.#printed.endsWith(`${END}\n`) && resolve();
    this.#host.stdout.on('data', look);
    this.#host.stdin.write(`${JSON.stringify({ folder, env })}\n`);
    await Promise.race([over, this.#host.then(printedBy)]);
    this.#host.stdout.off('data', look);
    const printed = this.#printed.slice(0, -END.length - 1);
    this.#printed = '';
    expect(this.#stderr).toBe('');
    return printed.trimEnd();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#host?.stdin.end();
    if (this.#host !== undefined) printedBy(await this.#host);
  }

  #start(): Host {
    const host = start();
    host.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#printed += text;
    });
    host.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    return host;
  }
}

function printedBy({
  stdout,
  stderr,
  exitCode,
}: {
  stdout: string;
  stderr: string;
  exitCode?: number | undefined;
}): string {
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
}
