import { fileURLToPath } from 'node:url';
import { CONTAINER_VARIABLES, PROXY_VARIABLES } from '@rlm-bridge/protocol';
import { execa } from 'execa';

/** What the script and the programs that it starts need of the environment: no key is among it. */
const VARIABLES = [
  'PATH',
  'HOME',
  'LANG',
  'TMPDIR',
  'XDG_CACHE_HOME',
  'XDG_RUNTIME_DIR',
  'RLM_CACHE_DIR',
  'DEBIAN_MIRROR',
  ...CONTAINER_VARIABLES,
  ...PROXY_VARIABLES,
];

export interface SandboxImageRequest {
  image: string;
  runtime: 'docker' | 'podman';
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** Gets each line of what is done, and of what is wrong. */
  onLine: (line: string) => void;
}

/** Makes an image for the sandbox from Debian packages, unless it is there. @returns whether it is there now. */
export async function buildSandboxImage({
  image,
  runtime,
  env,
  signal,
  onLine,
}: SandboxImageRequest): Promise<boolean> {
  // Named to a shell of its own: a package manager may take a file's right to be run. The path holds from src and dist.
  const script = fileURLToPath(new URL('../sandbox/build-image', import.meta.url));
  const building = execa('bash', [script, image, runtime], {
    env: Object.fromEntries(VARIABLES.map((name) => [name, env[name]])),
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    killDescendants: true,
    cancelSignal: signal,
  });
  for await (const line of building.iterable({ from: 'stderr' })) onLine(line);
  const { failed, exitCode, shortMessage } = await building;
  signal.throwIfAborted();
  if (failed && exitCode === undefined) onLine(shortMessage ?? 'bash could not be started');
  return !failed;
}
