import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FakeProvider } from '@rlm-bridge/fake-provider';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { finds, scriptedJudge } from '../../../../assess/test/support/judge.ts';
import { Repository, temporaryFolder } from '../../../../assess/test/support/repository.ts';
import { configFor } from './rlm.ts';

// What the tests of the files share that users put into their CI, hooks and agents.

export const ROOT = fileURLToPath(new URL('../../../../..', import.meta.url));
export const EVIL = { 'src/run.js': 'export const run = (text) => eval(text);\n' };

/** What a YAML file of the repository holds. */
export async function readYaml(file: string) {
  return parse(await readFile(join(ROOT, file), 'utf8'));
}

/** The blocks of code in a language below a heading of a page. */
export async function blocksOf(page: string, heading: string, language: string): Promise<string[]> {
  const text = await readFile(join(ROOT, page), 'utf8');
  const section = text.split(/^(?=## )/m).find((part) => part.startsWith(`## ${heading}\n`)) ?? '';
  return [...section.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, block = '']) => block);
}

export interface Checkout {
  /** The work tree, on the branch `work`. */
  path: string;
  /** Its origin, which has main. */
  origin: Repository;
  /** A folder for what a job writes. */
  outside: string;
  /** A configuration that has the fake provider judge. */
  config: string;
}

/** A checkout of a branch with these files, judged by a fake provider that finds each `eval(` critical. */
export async function checkout(files: Record<string, string>, isCached = false): Promise<Checkout> {
  const fake = await FakeProvider.start(
    scriptedJudge({ review: finds(/eval\(/, { severity: 'critical', category: 'security', rule: 'eval' }) }),
  );
  onTestFinished(() => fake.stop());
  const origin = await Repository.create();
  await origin.branch('work', files);
  const path = await temporaryFolder();
  await execa('git', ['clone', '-q', '--branch', 'work', origin.path, path]);
  const outside = await temporaryFolder();
  const config = join(outside, 'config.json');
  const configuration = JSON.parse(configFor(fake, { maxIterations: 3 }));
  await writeFile(config, JSON.stringify({ ...configuration, assess: isCached ? {} : { cache: false } }));
  return { path, origin, outside, config };
}
