import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import { temporaryFolder } from '../../../../assess/test/support/repository.ts';
import { type Checkout, readYaml } from './recipes.ts';

/** An agent's program, which notes what it is asked and told. */
async function agent(): Promise<{ bin: string; told: () => Promise<string> }> {
  const bin = await temporaryFolder();
  const notes = join(bin, 'notes');
  await writeFile(join(bin, 'buildkite-agent'), `#!/bin/sh\n{ echo "$@"; env; cat; } >> ${notes}\n`, { mode: 0o755 });
  return { bin, told: () => readFile(notes, 'utf8') };
}

/** As `buildkite-agent pipeline upload` does: $$ is $, and it would fill in any other. */
function uploaded(text: string): string {
  expect(text.replaceAll('$$', '')).not.toContain('$');
  return text.replaceAll('$$', '$');
}

/** The step as an agent runs it in a checkout, which may bring programs; `told` is what the agent's own program was. */
export async function buildkiteStep({ path, outside, config }: Checkout) {
  const [step] = (await readYaml('gate/rlm-assess.buildkite.yml')).steps;
  const { bin, told } = await agent();
  const env = {
    ...step.env,
    // The sandbox is none of what is tested here.
    RLM_ARGS: `--config ${config} --environment local`,
    BUILDKITE_BUILD_CHECKOUT_PATH: path,
    BUILDKITE_PULL_REQUEST_BASE_BRANCH: 'main',
    BUILDKITE_PIPELINE_DEFAULT_BRANCH: 'main',
    XDG_CACHE_HOME: join(outside, 'cache'),
    OPENAI_API_KEY: 'secret-of-the-agent',
    PATH: ['./node_modules/.bin', bin, process.env.PATH].join(':'),
  };
  const run = (more: Record<string, string>) =>
    execa('bash', ['-e', '-c', step.commands.map(uploaded).join('\n')], {
      cwd: path,
      env: { ...env, ...more },
      reject: false,
    });
  return { run, told, artifacts: step.artifact_paths.map((name: string) => join(path, name)) as string[] };
}
