import { execa } from 'execa';
import { diagnose, type RLMOptions } from 'rlm-bridge';
import { ensureSandboxImage, SANDBOX_IMAGE } from '../docker.ts';

interface Sandbox {
  options: Pick<RLMOptions, 'environment' | 'environmentOptions'>;
  explanation: string;
}

const PULL_TIMEOUT_MS = 180_000;

const LOCAL_MEANS =
  'The code the model writes runs as you on this machine: it can read your files and use your network.\n' +
  'It does not see your keys and it can be stopped. Docker would isolate it.';

/** Docker where a daemon answers and an image can be had, else `landlock`, else `local`, with what that means. */
export async function chooseEnvironment(): Promise<Sandbox> {
  const { checks } = await diagnose();
  const runtime = checks.find((check) => check.name === 'container-runtime');
  if (runtime?.status === 'failed') return await withoutDocker(runtime.summary);
  const sandbox = checks.find((check) => check.name === 'sandbox-image');
  try {
    const image = await findImage(sandbox?.details?.image ?? SANDBOX_IMAGE, sandbox?.status === 'ok');
    return {
      options: { environment: 'docker', environmentOptions: { image } },
      explanation: `Environment: docker (image ${image}): no network, no root, no mount.`,
    };
  } catch {
    return await withoutDocker(
      'Docker answers but has no image to use: none could be pulled, and none built (see above)',
    );
  }
}

/** The default image if it is here, else one built before, else the default one pulled, else one built now. */
async function findImage(image: string, isHere: boolean): Promise<string> {
  if (isHere) return image;
  if (await docker('image', 'inspect', SANDBOX_IMAGE)) return SANDBOX_IMAGE;
  console.error(`Pulling ${image} ...`);
  return (await docker('pull', '--quiet', image)) ? image : ensureSandboxImage();
}

async function docker(...args: string[]): Promise<boolean> {
  const { failed } = await execa('docker', args, { reject: false, stdio: 'ignore', timeout: PULL_TIMEOUT_MS });
  return !failed;
}

/** What this machine has besides: `auto` would end where it lacks both, and a demonstration goes on. */
async function withoutDocker(why: string): Promise<Sandbox> {
  const { checks } = await diagnose({ environment: 'landlock' });
  const landlock = checks.find((check) => check.name === 'sandbox-image');
  if (process.platform !== 'linux' || landlock?.status !== 'ok') return local(why);
  const explanation = `Environment: landlock, because ${why}. No network, no files but its own.`;
  return { options: { environment: 'landlock' }, explanation };
}

function local(why: string): Sandbox {
  return { options: { environment: 'local' }, explanation: `Environment: local, because ${why}.\n${LOCAL_MEANS}` };
}
