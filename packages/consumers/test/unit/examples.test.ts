import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
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

/** Modules beside the packages, each finding what its own depends on, as one program with all doors. */
function programOf(modules: readonly { folder: string; code: string }[]) {
  const beside = mkdtempSync(join(tmpdir(), 'examples-'));
  const doors = DOORS.map(([name, at]) => [name, join(packages, at, 'src/index.ts')] as const);
  const files = modules.map(({ folder, code }, index) => {
    const own = join(beside, `${index}`);
    mkdirSync(own);
    symlinkSync(join(packages, folder, 'node_modules'), join(own, 'node_modules'));
    writeFileSync(join(own, 'example.ts'), code);
    return join(own, 'example.ts');
  });
  const paths = Object.fromEntries(doors.map(([name, door]) => [name, [door]]));
  const compilerOptions = { paths, typeRoots: [join(packages, '../node_modules/@types')] };
  const config = join(beside, 'tsconfig.json');
  const extended = join(packages, '../tsconfig.base.json');
  const all = [...files, ...doors.map(([, door]) => door)];
  writeFileSync(config, JSON.stringify({ extends: extended, compilerOptions, files: all }));
  writeFileSync(join(beside, 'package.json'), '{ "type": "module" }');
  const project = api.updateSnapshot({ openProjects: [config] }).getProject(config);
  if (project === undefined) throw new Error(`There is no project ${config}`);
  return { project, files };
}

const { project } = programOf([]);
const examples = DOORS.flatMap(([specifier, folder]) =>
  publicExamples(project, join(packages, folder, 'src/index.ts'), specifier).map((example) => ({ folder, ...example })),
);
const WRONG = { folder: 'rlm', code: "import { runRLM } from 'rlm-bridge';\nrunRLM(1, 'Which?');\n" };
const { project: compiled, files } = programOf([...examples, WRONG]);

/** What the compiler has to say of each, the wrong one last. */
const issues = files.map((file) => {
  const { program } = compiled;
  const said = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  return said.map(({ text }) => text);
});

describe.each(DOORS)('%s', (_, folder, functions) => {
  const own = examples.map((example, index) => ({ ...example, index })).filter((example) => example.folder === folder);

  test('each function that somebody begins with has an example', () => {
    expect(own.map(({ name }) => name)).toEqual(expect.arrayContaining([...functions]));
  });

  test.each(own)('the example of $name compiles', ({ index }) => {
    expect(issues[index]).toEqual([]);
  });
});

test('an example that does not compile is found', () => {
  expect(issues.at(-1)).toEqual([expect.stringContaining('not assignable')]);
});
