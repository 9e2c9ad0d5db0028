import { conversation, repl, type Script, submit } from '@rlm-bridge/fake-provider';
import { execa } from 'execa';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { closeWorkers } from '../../src/index.ts';
import { containersGone, containersOf } from './support/containers.ts';
import { whyNoPodman } from './support/podman.ts';
import { descendants, gone, workers } from './support/processes.ts';
import { IMAGE, provider, start } from './support/run.ts';

const BUSY = conversation({ turns: [repl('answer["content"] = "a draft"\nprint("started")\nwhile True: pass')] });

/** What podman mounts writable in a read-only container unless it is told not to, and what is meant to be writable. */
const FOLDERS = `
import os
def writable(folder):
    try:
        open(folder + "/x", "w").close()
        return True
    except OSError:
        return False
found = [folder for folder in ("/", "/run", "/var/tmp", "/tmp") if writable(folder)]
`;

const startPodman = async (script: Script) => {
  const fake = await provider(script);
  const environmentOptions = { image: IMAGE, runtime: 'podman' } as const;
  return { fake, ...start(fake, { environment: 'docker', environmentOptions }) };
};

async function busy() {
  const started = await startPodman(BUSY);
  started.run.catch(() => {});
  await started.event('codeBlock.output');
  const containers = await containersOf(started.run.id, 'podman');
  expect(containers).toHaveLength(1);
  const processes = workers().flatMap(({ pid }) => descendants(pid));
  return { ...started, containers, processes };
}

let reason: string | null;

beforeAll(async () => {
  reason = await whyNoPodman();
  if (reason !== null) console.warn(`skipped: podman cannot start a container here: ${reason}`);
});

describe("environmentOptions.runtime: 'podman'", () => {
  beforeEach(({ skip }) => {
    skip(reason !== null, `podman cannot start a container here: ${reason}`);
  });

  test('a run, with a sub-call, in a container whose only writable folder is /tmp', async () => {
    const answer = '[context, llm_query("one"), found, sorted(set(os.environ) & {"http_proxy", "HTTPS_PROXY"})]';
    const { run } = await startPodman(conversation({ turns: [repl(FOLDERS), submit(`repr(${answer})`)], prompt: '1' }));
    expect(await run).toMatchObject({ success: true, answer: "['a short context', '1', ['/tmp'], []]", subCalls: 1 });
    await containersGone(run.id, 'podman');
    await closeWorkers();
    expect(workers()).toEqual([]);
  });

  test('a run that is stopped leaves nothing', async () => {
    const { run, processes } = await busy();
    run.abort('enough');
    await expect(run).rejects.toMatchObject({ code: 'aborted', result: { partialAnswer: 'a draft' } });
    await gone(processes);
    await containersGone(run.id, 'podman');
  });

  test.each(['container', 'client'])('kill -9 of the %s ends the run and leaves nothing', async (victim) => {
    const { run, containers, processes } = await busy();
    if (victim === 'container') await execa`podman kill --signal KILL ${containers}`;
    else for (const { pid, command } of processes) if (command.startsWith('podman run')) process.kill(pid, 'SIGKILL');
    expect(await run).toMatchObject({ stopReason: 'environment_error', error: { code: 'environment_died' } });
    await gone(processes);
    await containersGone(run.id, 'podman');
  });

  test('kill -9 of the worker leaves nothing', async () => {
    const { run, processes } = await busy();
    for (const { pid } of workers()) process.kill(pid, 'SIGKILL');
    expect(await run).toMatchObject({ stopReason: 'worker_exit' });
    await gone(processes);
    await containersGone(run.id, 'podman');
  });
});
