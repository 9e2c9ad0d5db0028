import { chmod, chown, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

// Real users: root becomes them. Nobody else can, and then there is nothing to try.

const [USER, STRANGER] = [54_322, 54_323];
const PROGRAM = join(import.meta.dirname, '../fixtures/prepares-python.mts');
let folder: string;
/** What Node has compiled for any of them: it keeps each user's apart. */
let compiled: string;

beforeAll(async () => {
  compiled = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  await chmod(compiled, 0o1777);
});
afterAll(() => rm(compiled, { recursive: true }));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rlm-test-'));
  await chmod(folder, 0o755);
  const project =
    '[project]\nname = "rlm-worker"\nversion = "0"\nrequires-python = ">=3.11"\n[tool.uv]\npackage = false\n';
  await writeFile(join(folder, 'pyproject.toml'), project);
  await uv(['lock', '--offline', '--project', folder], { UV_CACHE_DIR: join(folder, 'uv-cache') });
});
afterEach(() => rm(folder, { recursive: true }));

/** The real uv, with a Python that every user can reach. */
async function uv(args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  await execa('uv', args, { env: { UV_PYTHON: '/usr/bin/python3', UV_PYTHON_DOWNLOADS: 'never', ...env } });
}

/** What a start by this user comes to: the interpreter, or the error's code and message. */
async function startAs(user: number, env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout: uvPath } = await execa('which', ['uv']);
  // It may read everything, as the checkout may be where only root can go.
  const caps = user === 0 ? [] : ['--inh-caps', '+dac_read_search', '--ambient-caps', '+dac_read_search'];
  const become = ['--reuid', String(user), '--regid', String(user), '--clear-groups', ...caps];
  const given = { PATH: '/usr/bin:/bin', RLM_UV: uvPath, UV_PYTHON: '/usr/bin/python3', UV_OFFLINE: '1' };
  const node = [process.execPath, '--conditions=source', PROGRAM, folder];
  const { stdout, stderr } = await execa('setpriv', [...become, ...node], {
    env: { ...given, NODE_COMPILE_CACHE: compiled, ...env },
    extendEnv: false,
    reject: false,
    cwd: '/',
  });
  return stdout || /^(?:Uncaught )?RLMError.*|code: '\w+'/gm.exec(stderr)?.[0] || stderr;
}

/** A folder of a user's, with a mode. */
async function folderOf(user: number, mode: number, name = 'cache'): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  await chmod(path, mode);
  await chown(path, user, user);
  return path;
}

if (process.getuid?.() === 0) {
  describe('a cache folder that someone else could write is refused by owner and mode', () => {
    test.each([
      ['another user', STRANGER, 0o755, /belongs to another user.*RLM_CACHE_DIR/],
      ['everybody, as /tmp is', 0, 0o1777, /Others can write .*chmod go-w/],
      ['its group', USER, 0o775, /Others can write .*chmod go-w/],
      ['others', USER, 0o757, /Others can write .*chmod go-w/],
    ])('%s', async (_, owner, mode, message) => {
      expect(await startAs(USER, { RLM_CACHE_DIR: await folderOf(owner, mode) })).toMatch(message);
    });

    test('an environment of another user in a folder of root’s', async () => {
      const cache = await folderOf(USER, 0o755);
      const python = await startAs(USER, { RLM_CACHE_DIR: cache });
      await chown(cache, 0, 0);
      await chown(join(python, '../../..'), STRANGER, STRANGER);
      expect(await startAs(USER, { RLM_CACHE_DIR: cache })).toMatch(/belongs to another user/);
    });

    test('a link to a folder of another user', async () => {
      const link = join(folder, 'link');
      await symlink(await folderOf(STRANGER, 0o755), link);
      expect(await startAs(USER, { RLM_CACHE_DIR: link })).toMatch(/belongs to another user/);
    });

    test('one that root made and only root can write is used as it is', async () => {
      const cache = await folderOf(0, 0o755);
      const baked = await startAs(0, { RLM_CACHE_DIR: cache });
      expect(await startAs(USER, { RLM_CACHE_DIR: cache })).toBe(baked);
    });

    test('a folder of one’s own below a sticky one is used', async () => {
      const sticky = await folderOf(0, 0o1777, 'tmp');
      const python = await startAs(USER, { RLM_CACHE_DIR: join(sticky, 'mine') });
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
      const said = await startAs(USER, env);
      expect(said).toMatch(/^RLMError: .*RLM_CACHE_DIR/);
      expect(said).not.toMatch(/Install Python/);
    });

    test.each([
      ['unset', {}],
      ['of root', { HOME: '/root' }],
      ['that cannot be written', { HOME: '/' }],
    ])('HOME %s: RLM_CACHE_DIR alone is enough, for uv too', async (_, env) => {
      const cache = await folderOf(USER, 0o755);
      expect(await startAs(USER, { ...env, RLM_CACHE_DIR: cache })).toMatch(/\/venv\/bin\/python$/);
    });
  });
}
