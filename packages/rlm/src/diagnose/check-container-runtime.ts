import { environmentSettings } from '../options/environment-options.ts';
import { workerVariables } from '../python/worker-variables.ts';
import { runClient } from '../worker/container-client.ts';
import { type ContainerInfo, readContainerInfo } from './container-info.ts';
import type { CheckOutcome } from './diagnosis.ts';
import type { Subject } from './subject.ts';

const NAMES = { docker: 'Docker', podman: 'Podman' } as const;
const OTHERWISE =
  "pass environment: 'landlock' (Linux), or environment: 'local' if you accept what it does not protect";

/** Whether a container runtime is installed, answers, and can hold a sandbox to its limits. */
export async function checkContainerRuntime(subject: Subject): Promise<CheckOutcome<'container-runtime'>> {
  const { environment, environmentOptions, env } = subject;
  if (environment !== 'docker') {
    return { status: 'ok', summary: `not needed by environment "${environment}"`, advice: null, details: null };
  }
  const { runtime, ociRuntime } = environmentSettings('docker', environmentOptions, env);
  const answer = await runClient(runtime, ['info', '--format', '{{json .}}'], workerVariables(environment, env));
  if (answer.failure === 'missing') {
    const advice = `Install ${NAMES[runtime]}, choose the other runtime by environmentOptions.runtime, or ${OTHERWISE}.`;
    return { status: 'failed', summary: `${runtime} is not on PATH`, advice, details: null };
  }
  const info = readContainerInfo(answer.stdout);
  if (answer.failure !== null || info === null) return silent(runtime, answer.stderr);
  return judge(runtime, ociRuntime, info);
}

function silent(runtime: 'docker' | 'podman', stderr: string): CheckOutcome<'container-runtime'> {
  const isForbidden = /permission denied/i.test(stderr);
  const summary = isForbidden ? `${runtime} is there, but this user may not use it` : `${runtime} does not answer`;
  const remedy = isForbidden ? `Get access to it (group "${runtime}", or run it rootless)` : `Start ${NAMES[runtime]}`;
  const quoted = stderr.trim() === '' ? '' : ` It said: ${stderr.trim().slice(-300)}`;
  return { status: 'failed', summary, advice: `${remedy}, or ${OTHERWISE}.${quoted}`, details: null };
}

function judge(
  runtime: 'docker' | 'podman',
  ociRuntime: string | null,
  { ociRuntimes, ...info }: ContainerInfo,
): CheckOutcome<'container-runtime'> {
  const details = { runtime, ...info };
  if (ociRuntime !== null && ociRuntimes?.includes(ociRuntime) === false) {
    const summary = `${runtime} ${info.version} knows no OCI runtime "${ociRuntime}"`;
    const advice = `Add it to the daemon's configuration, or choose one of: ${ociRuntimes.join(', ')}.`;
    return { status: 'failed', summary, advice, details };
  }
  const cgroup = info.cgroupVersion === null ? '' : `, cgroup v${info.cgroupVersion}`;
  const summary = `${runtime} ${info.version}${cgroup}, ${info.isRootless ? 'rootless' : 'not rootless'}`;
  if (info.notEnforced.length === 0) return { status: 'ok', summary, advice: null, details };
  const advice = `It says that it cannot enforce ${info.notEnforced.join(', ')}: give it the cgroup controllers for that.`;
  return { status: 'warning', summary, advice, details };
}
