import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Scenario } from './scenarios/index.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The Python that has the official library: the worker's development environment. */
export const PYTHON = process.env.RLM_PYTHON ?? here('../../../python/.venv/bin/python');

export interface OfficialOptions {
  readonly baseUrl: string;
  readonly environment: 'local' | 'docker';
  /** Image of the docker environment, with `dill` and `requests` inside. */
  readonly image?: string;
  /** A file to read the context from, in place of the scenario's. */
  readonly contextFile?: string;
  readonly logDir?: string;
}

export interface OfficialResult {
  readonly answer: string;
  /** The library's own time, without starting Python. */
  readonly seconds: number;
  /** Iterations as they are logged; an exhausted run logs one more. */
  readonly iterations: number;
  readonly codeBlocks: readonly number[];
  readonly blockSeconds: readonly number[];
  /** The library's own count. */
  readonly tokens: number;
  /** Largest resident set of the process so far. */
  readonly peakMb: number;
}

/** The official `RLM(...)`, called directly in a Python process of its own, which serves run after run. */
export class Official implements AsyncDisposable {
  readonly #process: ReturnType<typeof startPython>;
  readonly #lines: AsyncIterator<string>;

  /** With these variables beside those of this process. */
  constructor(variables: Record<string, string> = {}) {
    this.#process = startPython(variables);
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** Resolves when the library is imported, and the first run need not wait for it. */
  async ready(): Promise<void> {
    this.#process.stdin.write('null\n');
    await this.#lines.next();
  }

  /** Runs a scenario; rejects with the end of standard error when the library raises. */
  async run(scenario: Scenario, options: OfficialOptions): Promise<OfficialResult> {
    const { rootModel, query, maxIterations, maxDepth = 1, compaction = false } = scenario;
    const request = {
      context: options.contextFile === undefined ? scenario.context : null,
      contextFile: options.contextFile ?? null,
      query,
      rootModel,
      subModel: scenario.subModel ?? null,
      maxIterations,
      maxDepth,
      compaction,
      baseUrl: options.baseUrl,
      environment: options.environment,
      image: options.image ?? null,
      logDir: options.logDir ?? null,
    };
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#lines.next();
    if (!done) return JSON.parse(value);
    const { stderr } = await this.#process;
    throw new Error(`The official library failed: ${stderr.trim().split('\n').at(-1)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.stdin.end();
    await this.#process;
  }
}

function startPython(variables: Record<string, string>) {
  return execa(PYTHON, [here('../python/official_run.py')], {
    env: { PYTHON_DOTENV_DISABLED: '1', ...variables },
    stdin: 'pipe',
    stderr: 'pipe',
    reject: false,
  });
}
