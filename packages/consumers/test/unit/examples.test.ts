import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { API } from 'typescript/unstable/sync';
import { afterAll, describe, expect, test } from 'vitest';
import { publicExamples } from '../support/public-examples.ts';

// What an editor shows as an example is pasted: each compiles, against the types of its own package.

const DOORS = [
  [
    'rlm-bridge',
    'rlm',
    ['runRLM', 'openSession', 'resolveModels', 'diagnose', 'prepare', 'defineTool', 'configureWorkers'],
  ],
  [
    '@rlm-bridge/assess',
    'assess',
    ['assessWorkers', 'summarizeEvidence', 'applyGate', 'exitCodeOf', 'toBaseline', 'toSarif'],
  ],
  ['@rlm-bridge/ai-sdk', 'ai-sdk', ['rlmTool', 'aiSdkModel']],
] as const;

const packages = new URL('../../../', import.meta.url).pathname;
const api = new API();
afterAll(() => api.close());

function open(config: string) {
  const project = api.updateSnapshot({ openProjects: [config] }).getProject(config);
  if (project === undefined) throw new Error(`There is no project ${config}`);
  return project;
}

/** What the compiler has to say of a module beside the package. */
function issuesOf(code: string, folder: string): string[] {
  const beside = mkdtempSync(join(tmpdir(), 'example-'));
  const from = join(packages, folder);
  symlinkSync(join(from, 'node_modules'), join(beside, 'node_modules'));
  const paths = Object.fromEntries(DOORS.map(([name, at]) => [name, [join(packages, at, 'src/index.ts')]]));
  const compilerOptions = { paths, typeRoots: [join(packages, '../node_modules/@types')] };
  const config = join(beside, 'tsconfig.json');
  writeFileSync(config, JSON.stringify({ extends: join(packages, '../tsconfig.base.json'), compilerOptions }));
  writeFileSync(join(beside, 'package.json'), '{ "type": "module" }');
  const file = join(beside, 'example.ts');
  writeFileSync(file, code);
  const { program } = open(config);
  const said = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  return said.map(({ text }) => text);
}

describe.each(DOORS)('%s', (specifier, folder, functions) => {
  const project = open(join(packages, folder, 'tsconfig.json'));
  const examples = publicExamples(project, join(packages, folder, 'src/index.ts'), specifier);

  test('each function that somebody begins with has an example', () => {
    expect(examples.map(({ name }) => name)).toEqual(expect.arrayContaining([...functions]));
  });

  test.each(examples)('the example of $name compiles', ({ code }) => {
    expect(issuesOf(code, folder)).toEqual([]);
  });
});

test('an example that does not compile is found', () => {
  const issues = issuesOf("import { runRLM } from 'rlm-bridge';\nrunRLM(1, 'Which?');\n", 'rlm');
  expect(issues).toEqual([expect.stringContaining('not assignable')]);
});
