import { chmod, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { temporaryFolder } from './repository.ts';

/** The path of the program for this platform. */
const program: string = createRequire(import.meta.url)('@microsoft/sarif-multitool');

/** It ends before code that was compiled better would pay. */
const NET = { DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1', DOTNET_TieredPGO: '0' };

interface Log {
  runs: [{ results: { ruleId: string; message: object; locations: [Location] }[] }];
}
interface Location {
  physicalLocation: { artifactLocation: { uri: string } };
}

/** What Microsoft's validator says of SARIF files under its own and GitHub's rules, by their names: one process for all. */
export async function validateSarif<Name extends string>(files: Record<Name, string>): Promise<Record<Name, string[]>> {
  const folder = await temporaryFolder();
  const output = join(folder, 'output.json');
  const names = Object.keys(files) as Name[];
  const inputs = names.map((name) => join(folder, `${name}.sarif`));
  await Promise.all(names.map((name, at) => writeFile(inputs[at] ?? '', files[name])));
  // Its package sets the mode in a build script, and none is run here.
  await chmod(program, 0o755);
  const { stdout } = await execa(
    program,
    ['validate', ...inputs, '--rule-kind', 'Sarif;Ghas', '--output', output, '--log', 'ForceOverwrite'],
    {
      env: { ...NET, DOTNET_BUNDLE_EXTRACT_BASE_DIR: folder },
      reject: false,
    },
  );
  if (!stdout.includes(`${names.length} files scanned`)) throw new Error(`Not all files were validated: ${stdout}`);
  const log: Log = JSON.parse((await readFile(output, 'utf8')).replace('\ufeff', ''));
  const said = Object.groupBy(log.runs[0].results, ({ locations: [{ physicalLocation }] }) =>
    basename(physicalLocation.artifactLocation.uri, '.sarif'),
  );
  return Object.fromEntries(
    names.map((name) => [
      name,
      (said[name] ?? []).map(({ ruleId, message }) => `${ruleId} ${JSON.stringify(message)}`),
    ]),
  ) as Record<Name, string[]>;
}
