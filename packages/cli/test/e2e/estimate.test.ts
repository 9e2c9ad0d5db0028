import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { gateOver } from './support/gate.ts';

// What a dry run says of input against what the run of a judge that reads everything once really sends, on real sources.

/** Other repositories: `npm run bench -- estimate ../cobra:v1.9.0..v1.9.1`. */
const PROJECT = fileURLToPath(new URL('../../../../', import.meta.url));

async function sourcesOf(patterns: string[]): Promise<Record<string, string>> {
  const names = (await Array.fromAsync(glob(patterns, { cwd: PROJECT }))).sort();
  const texts = names.map(async (name) => [name, await readFile(join(PROJECT, name), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(texts));
}

test.each([
  ['TypeScript', ['packages/rlm/src/{run,worker,context,journal}/**/*.ts']],
  ['Python', ['python/src/rlm_worker/{clients,ledger,kernel}/**/*.py']],
  ['prose', ['docs/*.md', 'README.md', 'CONTRIBUTING.md']],
])('the estimate of --dry-run is within 15 % of the input that a run sends: %s', async (what, patterns) => {
  const { assess, repository } = await gateOver({ 'a.txt': 'one\n' });
  await repository.write(await sourcesOf(patterns));
  const { estimate } = JSON.parse((await assess(['--changed', '--dry-run', '--json'])).stdout);
  const { usage } = JSON.parse((await assess(['--changed', '--json'])).stdout).rlmMetrics;
  const error = estimate.inputTokens.least / usage.inputTokens - 1;
  console.info(
    `${what}: estimated ${estimate.inputTokens.least} tokens of input, sent ${usage.inputTokens}, error ${(error * 100).toFixed(1)} %`,
  );
  expect(Math.abs(error)).toBeLessThan(0.15);
  expect(usage.outputTokens).toBeGreaterThan(estimate.outputTokens.least);
  expect(usage.outputTokens).toBeLessThan(estimate.outputTokens.most);
});

test('--dry-run with the offline program says that nothing would be judged', async () => {
  const { assess, repository } = await gateOver({ 'a.txt': 'one\n' });
  await repository.write({ 'a.txt': 'two\n' });
  const { stdout } = await assess(['--changed', '--dry-run'], { flags: ['--backend', 'offline'] });
  expect(stdout).toContain('verdict     none: --backend offline is no model, and judges nothing');
});
