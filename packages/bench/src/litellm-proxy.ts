import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { PYTHON } from './official.ts';

/** The version whose answers the worker's tests have recorded. */
export const VERSION = '1.108.7';

const START_SECONDS = 180;

/** The real LiteLLM proxy in front of a provider, from PyPI by way of uv, which keeps it in its cache (about 600 MB). */
export class LiteLLMProxy implements AsyncDisposable {
  readonly url: string;
  readonly key: string;
  readonly #folder: string;
  readonly #process: ReturnType<typeof command>;

  private constructor(url: string, key: string, folder: string, process: ReturnType<typeof command>) {
    this.url = url;
    this.key = key;
    this.#folder = folder;
    this.#process = process;
  }

  /** Starts it; rejects with its last words when it ends, or is not up in {@link START_SECONDS}. */
  static async start(models: readonly object[]): Promise<LiteLLMProxy> {
    const [port, folder] = await Promise.all([freePort(), mkdtemp(join(tmpdir(), 'rlm-litellm-'))]);
    const [config, key] = [join(folder, 'config.json'), 'sk-master-of-the-bench'];
    await writeFile(config, JSON.stringify({ model_list: models, general_settings: { master_key: key } }));
    const child = command(config, port);
    const proxy = new LiteLLMProxy(`http://127.0.0.1:${port}/v1`, key, folder, child);
    let ended: string | undefined;
    child.then(({ all, shortMessage }) => {
      ended = `${shortMessage} ${all}`;
    });
    for (let second = 0; second < START_SECONDS; second += 1) {
      if (await isUp(port)) return proxy;
      if (ended !== undefined) break;
      await sleep(1_000);
    }
    await proxy[Symbol.asyncDispose]();
    throw new Error(`The proxy did not start: ${(ended ?? '').slice(-500)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill();
    await this.#process;
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function command(config: string, port: number) {
  return execa({
    env: { LITELLM_LOCAL_MODEL_COST_MAP: 'True', LITELLM_TELEMETRY: 'False' },
    all: true,
    reject: false,
  })`uv tool run --python ${PYTHON} --from litellm[proxy]==${VERSION} litellm --config ${config} --host 127.0.0.1 --port ${port}`;
}

async function isUp(port: number): Promise<boolean> {
  return await fetch(`http://127.0.0.1:${port}/health/liveliness`).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}
