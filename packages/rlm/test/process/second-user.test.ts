import { chmod, chown, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { preparePython } from '../../src/python/python-environment.ts';
import { PythonProcess } from '../python-process.ts';

// Real users: root becomes them. Nobody else can, and then there is nothing to try.

const [USER, STRANGER] = [54_322, 54_323];
/** All that a start is told. */
let given: NodeJS.ProcessEnv;
/** The project that Python is prepared for, and where each test has its folders. */
let project: string;
let folder: string;

beforeAll(async () => {
  const { stdout: uvPath } = await execa('which', ['uv']);
  given = { PATH: '/usr/bin:/bin', RLM_UV: uvPath, UV_PYTHON: '/usr/bin/python3', UV_OFFLINE: '1' };
  project = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  const text =
    '[project]\nname = "rlm-worker"\nversion = "0"\nrequires-python = ">=3.11"\n[tool.uv]\npackage = false\n';
  await writeFile(join(project, 'pyproject.toml'), text);
  const env = { ...given, UV_PYTHON_DOWNLOADS: 'never', UV_CACHE_DIR: join(project, 'uv-cache') };
  await execa(uvPath, ['lock', '--offline', '--project', project], { env });
  await chmod(project, 0o755);
});
afterAll(() => rm(project, { recursive: true }));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  await chmod(folder, 0o755);
});
afterEach(() => rm(folder, { recursive: true }));

/** A folder of a user's, with a mode. */
async function folderOf(user: number, mode: number, name = 'cache'): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  await chmod(path, mode);
  await chown(path, user, user);
  return path;
}

if (process.getuid?.() === 0) {
  let user: PythonProcess;
  beforeAll(() => {
    user = new PythonProcess(USER);
  });
  afterAll(() => user.kill());

  /** What a start by the user comes to: the interpreter, or the error's code and message. */
  const start = (env: NodeJS.ProcessEnv) => user.start(project, { ...given, ...env });

  /** The interpreter of a start by root, who runs this. */
  async function startAsRoot(env: NodeJS.ProcessEnv): Promise<string> {
    const source = { project, sources: project };
    const settings = { source, environment: 'local', python: undefined, uvPath: undefined, quiet: true } as const;
    return await preparePython({ ...settings, env: { ...given, ...env } }, new AbortController().signal);
  }

  describe('a cache folder that someone else could write is refused by owner and mode', () => {
    test.each([
      ['another user', STRANGER, 0o755, /belongs to another user.*RLM_CACHE_DIR/],
      ['everybody, as /tmp is', 0, 0o1777, /Others can write .*chmod go-w/],
      ['its group', USER, 0o775, /Others can write .*chmod go-w/],
      ['others', USER, 0o757, /Others can write .*chmod go-w/],
    ])('%s', async (_, owner, mode, message) => {
      expect(await start({ RLM_CACHE_DIR: await folderOf(owner, mode) })).toMatch(message);
    });

    test('an environment of another user in a folder of root’s', async () => {
      const cache = await folderOf(USER, 0o755);
      const python = await start({ RLM_CACHE_DIR: cache });
      await chown(cache, 0, 0);
      await chown(join(python, '../../..'), STRANGER, STRANGER);
      expect(await start({ RLM_CACHE_DIR: cache })).toMatch(/belongs to another user/);
    });

    test('a link to a folder of another user', async () => {
      const link = join(folder, 'link');
      await symlink(await folderOf(STRANGER, 0o755), link);
      expect(await start({ RLM_CACHE_DIR: link })).toMatch(/belongs to another user/);
    });

    test('one that root made and only root can write is used as it is', async () => {
      const cache = await folderOf(0, 0o755);
      const baked = await startAsRoot({ RLM_CACHE_DIR: cache });
      expect(await start({ RLM_CACHE_DIR: cache })).toBe(baked);
    });

    test('a folder of one’s own below a sticky one is used', async () => {
      const sticky = await folderOf(0, 0o1777, 'tmp');
      const python = await start({ RLM_CACHE_DIR: join(sticky, 'mine') });
      expect((await stat(join(python, '../../../..'))).uid).toBe(USER);
    });
  });

  describe('HOME unset or read-only, as another user', () => {
    test.each([
      ['unset', {}],
      ['of root', { HOME: '/root' }],
      ['that is not there', { HOME: '/nonexistent' }],
      ['that cannot be written', { HOME: '/' }],
    ])('HOME %s: the variable to set is named, and no raw EACCES', async (_, env) => {
      const said = await start(env);
      expect(said).toMatch(/^cache_folder_un(usable|safe): .*RLM_CACHE_DIR/);
      expect(said).not.toMatch(/Install Python/);
    });

    test.each([
      ['unset', {}],
      ['of root', { HOME: '/root' }],
      ['that cannot be written', { HOME: '/' }],
    ])('HOME %s: RLM_CACHE_DIR alone is enough, for uv too', async (_, env) => {
      const cache = await folderOf(USER, 0o755);
      expect(await start({ ...env, RLM_CACHE_DIR: cache })).toMatch(/\/venv\/bin\/python$/);
    });
  });
}
