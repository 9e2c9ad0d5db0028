import type { DockerOptions, LandlockOptions, LocalOptions } from '@rlm-bridge/protocol';
import { environmentSettings, isOwnEnvironment } from '../options/environment-options.ts';
import { workerVariables } from '../python/worker-variables.ts';
import { runClient } from '../worker/container-client.ts';
import { landlockProblem } from './check-landlock.ts';
import type { CheckOutcome } from './diagnosis.ts';
import type { Subject } from './subject.ts';

/** Whether the image of the sandbox is here, and the limits that a run would be held to. */
export async function checkSandboxImage(subject: Subject, hasRuntime: boolean): Promise<CheckOutcome<'sandbox-image'>> {
  const { environment, environmentOptions, env } = subject;
  if (environment === 'docker') {
    return await checkImage(environmentSettings(environment, environmentOptions, env), subject, hasRuntime);
  }
  const summary = `not needed by environment "${environment}"`;
  if (!isOwnEnvironment(environment)) return { status: 'ok', summary, advice: null, details: null };
  const limits = limitsOf(environmentSettings(environment, environmentOptions, env));
  const details = { image: null, id: null, bytes: null, limits };
  const problem = environment === 'landlock' ? await landlockProblem(subject) : null;
  if (problem !== null) return { status: 'failed', summary: 'Landlock cannot be used here', advice: problem, details };
  return { status: 'ok', summary: `${summary}; limits: ${describe(limits)}`, advice: null, details };
}

async function checkImage(
  settings: DockerOptions,
  { env, prepares }: Subject,
  hasRuntime: boolean,
): Promise<CheckOutcome<'sandbox-image'>> {
  const { image, runtime } = settings;
  const limits = limitsOf(settings);
  const absent = { image, id: null, bytes: null, limits };
  if (!hasRuntime) {
    const summary = `${image} was not looked for: no container runtime answers`;
    return { status: 'warning', summary, advice: null, details: absent };
  }
  const inspect = ['image', 'inspect', '--format', '{{.Id}} {{.Size}}', image];
  const { stdout, stderr, failure } = await runClient(runtime, inspect, workerVariables('docker', env));
  const [id = '', bytes] = stdout.trim().split(' ');
  if (failure === null) {
    const summary = `${image}; limits: ${describe(limits)}`;
    return { status: 'ok', summary, advice: null, details: { image, id, bytes: Number(bytes), limits } };
  }
  if (!/no such image|image not known|not found/i.test(stderr)) {
    return { status: 'failed', summary: `${image} could not be looked for`, advice: stderr.trim(), details: absent };
  }
  const pull = `${runtime} pull ${image}`;
  const advice =
    `${prepares ? `Pull it ("${pull}")` : 'The first run pulls it'}. Where no registry answers, name an image you have (any ` +
    'with Python 3.9 or newer) by environmentOptions.image or RLM_SANDBOX_IMAGE, or make one with ' +
    '"npx @rlm-bridge/cli sandbox build".';
  const status = prepares ? 'failed' : 'warning';
  return { status, summary: `${image} is not here`, advice, command: pull, details: absent };
}

type Limits = { [option: string]: number | string };

function limitsOf(settings: DockerOptions | LandlockOptions | LocalOptions): Limits {
  const { cellTimeoutMs, memoryMb, openFiles } = settings;
  if ('cpuSeconds' in settings) {
    const { cpus, cpuSeconds, pidsLimit, fileSizeMb } = settings;
    return { memoryMb, cpus, cpuSeconds, pidsLimit, fileSizeMb, openFiles, cellTimeoutMs };
  }
  if (!('image' in settings)) return { memoryMb, fileSizeMb: settings.fileSizeMb, openFiles, cellTimeoutMs };
  const { cpus, pidsLimit, tmpfsMb, seccompProfile, ociRuntime } = settings;
  const isolation = { ...(seccompProfile !== null && { seccompProfile }), ...(ociRuntime !== null && { ociRuntime }) };
  return { memoryMb, cpus, pidsLimit, tmpfsMb, openFiles, cellTimeoutMs, ...isolation };
}

function describe(limits: Limits): string {
  return Object.entries(limits)
    .map(([option, value]) => `${option} ${value}`)
    .join(', ');
}
