import { isUtf8 } from 'node:buffer';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** The sources of the standard library of this machine's Python. */
export interface StandardLibrary {
  /** Name in the context, such as `difflib.py`, to path on disk. */
  files: Record<string, string>;
  names: string[];
  bytes: number;
}

/** Every UTF-8 source file of the standard library; a few test files are in other encodings on purpose. */
export async function standardLibrary(): Promise<StandardLibrary> {
  const code = 'import sysconfig; print(sysconfig.get_paths()["stdlib"])';
  const { stdout: folder } = await execa(process.env.RLM_PYTHON ?? 'python3', ['-c', code]);
  const files: Record<string, string> = {};
  let bytes = 0;
  const names = await Array.fromAsync(
    glob('**/*.py', { cwd: folder, exclude: ['site-packages/**', 'dist-packages/**'] }),
  );
  for (const name of names.sort()) {
    const text = await readFile(join(folder, name));
    if (!isUtf8(text)) continue;
    files[name] = join(folder, name);
    bytes += text.length;
  }
  return { files, names: Object.keys(files), bytes };
}
