import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClientAnswer, runClient } from './container-client.ts';
import { CONTAINER_CLEANUP_MS } from './policy.ts';

/** Begins the name of a link in a worker's folder, which goes on with a container's name; it points to its image. */
const PREFIX = 'asked-container-';

const LOOK_AGAIN_MS = 50;

/** A container that Docker was asked for. */
export interface AskedContainer {
  readonly name: string;
  readonly image: string;
}

/** What a worker that ended had asked for, and had no answer about: the daemon may make it later yet. */
export function askedContainers(folder: string): AskedContainer[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.startsWith(PREFIX))
      .map((name) => ({ name: name.slice(PREFIX.length), image: readlinkSync(join(folder, name)) }));
  } catch {
    return []; // the worker has removed its folder, as one does that is not killed
  }
}

/**
 * Removes it for certain. A container of the same name, made here and removed, shows that the daemon did not make it,
 * or waits until it did; it never runs.
 * @returns what could not be done, for a warning.
 */
export async function shutOutContainer(
  { name, image }: AskedContainer,
  env: Record<string, string>,
): Promise<string | undefined> {
  const docker = (...args: string[]) => runClient('docker', args, env);
  const until = performance.now() + CONTAINER_CLEANUP_MS;
  let answer: ClientAnswer;
  do {
    answer = await docker('rm', '--force', name);
    if (saysThereIsNone(answer)) {
      answer = await docker('create', '--pull', 'never', '--name', name, image, 'true');
      // Without an image, for example, there will be no container.
      if (answer.failure !== null && !answer.stderr.includes('already in use')) return undefined;
    } else if (answer.failure === null) {
      return undefined;
    }
    await sleep(LOOK_AGAIN_MS);
  } while (answer.failure !== 'missing' && performance.now() < until);
  return `Container ${name} could not be removed: ${answer.stderr}`;
}

function saysThereIsNone({ stderr }: ClientAnswer): boolean {
  return stderr.toLowerCase().includes('no such container');
}
