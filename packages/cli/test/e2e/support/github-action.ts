import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import { checkout, ROOT, readYaml } from './recipes.ts';
import { folderWithRlm } from './relayed-rlm.ts';
import { PYTHON } from './rlm.ts';

// The steps of action.yml, run as a runner would run them.

interface Preparation {
  isCached: boolean;
  /** May do to the checkout what a change does. */
  prepare: (path: string) => Promise<void>;
  /** The environment of the whole job. */
  job: Record<string, string>;
  /** The runner's folder, where the command is installed. */
  temp: string;
}

/** Fills in what a runner fills in. */
function filled(text: string, inputs: Record<string, string>, runnerTemp: string): string {
  const kept = inputs.cache === 'true' ? join(runnerTemp, 'rlm-kept') : '';
  const keys = Object.entries(inputs).filter(([name, value]) => name.endsWith('-api-key') && value !== '');
  return text
    .replace(/\$\{\{ inputs\.cache == 'true' && format\('\{0\}\/rlm-kept', runner\.temp\) \|\| '' \}\}/, kept)
    .replace(/\$\{\{ github\.event\.pull_request\.head\.repo\.fork \}\}/, inputs.isFork ?? '')
    .replace(/\$\{\{ inputs\.anthropic-api-key != ''.* \}\}/, String(keys.length > 0))
    .replaceAll(/\$\{\{ inputs\.([\w-]+) \}\}/g, (_, name) => inputs[name] ?? '')
    .replaceAll(/\$\{\{ runner\.temp \}\}/g, runnerTemp)
    .replaceAll(/\$\{\{ github\.action_path \}\}/g, ROOT);
}

/** The steps up to the one that judges, with these inputs. */
export async function runAction(
  files: Record<string, string>,
  given: Record<string, string>,
  { prepare = async (_path: string) => {}, job = {}, isCached = false, temp }: Partial<Preparation> = {},
) {
  const action = await readYaml('action.yml');
  const { path, outside, config } = await checkout(files, isCached);
  const runnerTemp = temp ?? outside;
  await prepare(path);
  const defaults = Object.entries<{ default: string }>(action.inputs).map(([name, { default: value }]) => [
    name,
    value,
  ]);
  const inputs = {
    ...Object.fromEntries(defaults),
    cache: String(isCached),
    command: join(await folderWithRlm(), 'rlm'),
    args: `--config ${config}`,
    ...given,
  };
  const output = join(outside, 'output');
  const env = {
    RLM_PYTHON: PYTHON,
    GITHUB_OUTPUT: output,
    GITHUB_STEP_SUMMARY: join(outside, 'summary'),
    GITHUB_WORKSPACE: path,
    ...job,
  };
  await writeFile(output, '');
  await writeFile(env.GITHUB_STEP_SUMMARY, '');
  for (const step of action.runs.steps) {
    if (step.run === undefined) continue;
    const variables = Object.entries<string>(step.env ?? {}).map(([name, value]) => [
      name,
      filled(value, inputs, runnerTemp),
    ]);
    const { exitCode, stdout, stderr } = await execa('bash', ['-eo', 'pipefail', '-c', step.run], {
      cwd: resolve(path, filled(step['working-directory'] ?? '.', inputs, runnerTemp)),
      env: { ...env, ...Object.fromEntries(variables) },
      reject: false,
    });
    const written = await readFile(output, 'utf8');
    const isLast = step.id === 'assess' || written.includes('verdict=skipped') || exitCode === 2;
    if (isLast) return { path, outside, exitCode, stdout, stderr, output: written };
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  }
  throw new Error('action.yml has no step "assess"');
}
