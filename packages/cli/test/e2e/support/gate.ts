import { FakeProvider } from '@rlm-bridge/fake-provider';
import { onTestFinished } from 'vitest';
import { finds, scriptedJudge } from '../../../../assess/test/support/judge.ts';
import { Repository } from '../../../../assess/test/support/repository.ts';
import { rlm, rlmProcess } from './rlm.ts';

/** What the planted judge calls critical. */
export const DEFECT = { 'src/run.js': 'export const run = (text) => eval(text);\n' };

const JUDGE = scriptedJudge({
  review: finds(/eval\(/, { severity: 'critical', category: 'security', rule: 'eval', message: 'It runs its input.' }),
});

/** The settings of a gate that has no configuration: flags and variables alone. */
const FLAGS = [
  '--backend',
  'openai',
  '--root-model',
  'gpt-4.1',
  '--sub-model',
  'gpt-4o-mini',
  '--environment',
  'local',
];

interface GateSurroundings {
  env?: Record<string, string>;
  cwd?: string;
  flags?: string[];
}

/** A gate over a repository with these files on main, judged by a provider of the test's own. */
export async function gateOver(files: Record<string, string>) {
  const fake = await FakeProvider.start(JUDGE);
  onTestFinished(() => fake.stop());
  const repository = await Repository.create(files);
  const variables = { OPENAI_API_KEY: 'test-key', OPENAI_BASE_URL: fake.openaiUrl };
  const gate =
    <T>(command: (args: string[], surroundings: { cwd: string; env: Record<string, string> }) => T) =>
    (args: string[], { env = {}, cwd = repository.path, flags = FLAGS }: GateSurroundings = {}) =>
      command(['assess', ...args, '--base', 'main', ...flags, '--max-iterations', '3', '--no-cache'], {
        cwd,
        env: { ...variables, ...env },
      });
  return { fake, repository, assess: gate(rlm), assessProcess: gate(rlmProcess) };
}
