import { chmod, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { execa } from 'execa';
import { temporaryFolder } from './repository.ts';

/** The path of the program for this platform. */
const program: string = createRequire(import.meta.url)('@microsoft/sarif-multitool');

/** What Microsoft's validator says of a SARIF file under its own and GitHub's rules. */
export async function validateSarif(sarif: string): Promise<string[]> {
  const folder = await temporaryFolder();
  const [input, output] = [join(folder, 'input.sarif'), join(folder, 'output.sarif')];
  await writeFile(input, sarif);
  // Its package sets the mode in a build script, and none is run here.
  await chmod(program, 0o755);
  await execa(
    program,
    ['validate', input, '--rule-kind', 'Sarif;Ghas', '--output', output, '--log', 'ForceOverwrite'],
    {
      env: { DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1', DOTNET_BUNDLE_EXTRACT_BASE_DIR: folder },
      reject: false,
    },
  );
  const log = JSON.parse((await readFile(output, 'utf8')).replace('\ufeff', ''));
  return log.runs[0].results.map((result: { ruleId: string; message: object }) => {
    return `${result.ruleId} ${JSON.stringify(result.message)}`;
  });
}
