import type { RunSpec } from '@rlm-bridge/protocol';
import { askedContainers, shutOutContainer } from './asked-containers.ts';
import { removeContainers } from './containers.ts';

/** Containers of more runs than this are not remembered: a worker keeps fewer REPLs ready. */
const MOST_REMEMBERED = 64;

/** A run as far as what it may leave behind. */
export interface RunOnWorker {
  readonly id: string;
  readonly spec: RunSpec;
}

/** What the runs of a worker that are over may have left in it: a REPL that is ready for the next, or their session's. */
export class Leftovers {
  readonly #runs = new Map<string, RunOnWorker>();

  /** The session that has a REPL in the worker. */
  get session(): string | undefined {
    for (const { spec } of this.#runs.values()) if (spec.session !== null) return spec.session;
    return undefined;
  }

  note({ id, spec }: RunOnWorker): void {
    if (spec.session === null && spec.environmentOptions.prewarm !== true) return;
    this.#runs.set(spec.session ?? id, { id, spec });
    const [oldest] = this.#runs.keys();
    if (this.#runs.size > MOST_REMEMBERED && oldest !== undefined) this.#runs.delete(oldest);
  }

  forgetSession(id: string): void {
    this.#runs.delete(id);
  }

  /** Removes what these runs, too, have left: their worker is gone. `folder` is its, and is read before this returns. */
  async remove(unfinished: Iterable<RunOnWorker>, folder: string, env: Record<string, string>): Promise<void> {
    const asked = askedContainers(folder);
    for (const { id, spec } of [...unfinished, ...this.#runs.values()]) {
      if (spec.environment !== 'docker') continue;
      const runtime = spec.environmentOptions.runtime === 'podman' ? 'podman' : 'docker';
      warn(await removeContainers(runtime, spec.session ?? id, folder, env));
    }
    for (const container of asked) warn(await shutOutContainer(container, env));
  }
}

function warn(remark: string | undefined): void {
  if (remark !== undefined) process.emitWarning(remark, { code: 'RLM_CONTAINER_CLEANUP' });
}
