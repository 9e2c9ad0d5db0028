// Plain Node ≥ 20, no dependencies: puts the tools this checkout needs into .tools/bin, installs the packages,
// then runs scripts/<command>.ts. Registries are whatever npm, pip and pnpm are set to. Nothing outside the checkout changes.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `before` is for a Linux without libatomic, as small images are: from Node 25 on its programs take that. */
const NODE = { floor: '22.18.0', pinned: '26.12.1', before: '24.21.0' };
const UV = { floor: '0.13.0', pinned: '0.13.8' };
const PNPM = '12.21.0';
const PYTHON_FLOOR = '3.11.0';

const root = fileURLToPath(new URL('..', import.meta.url));
const tools = join(root, '.tools');
const bin = join(tools, 'bin');
const systemPath = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== bin && folder !== '');

/** Something the user can put right. */
class Problem extends Error {}

async function main([command, ...args]) {
  const script = join(root, 'scripts', `${command}.ts`);
  if (!command || !fs.existsSync(script)) throw new Problem('Usage: node scripts/bootstrap.mjs demo|test|build|bench');
  if (process.platform === 'win32') throw new Problem('Windows is supported through WSL: run this inside it.');

  fs.mkdirSync(bin, { recursive: true });
  choosePython();
  // Beside each other: each waits for a registry and unpacks on one processor.
  await allOf([ensurePnpm().then(ensureNode), ensureUv()]);
  await ensurePackages();

  const child = spawn(join(bin, 'node'), ['--conditions=@rlm-bridge/source', script, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: [bin, join(root, 'node_modules/.bin'), ...systemPath].join(delimiter) },
  });
  process.on('SIGINT', () => {}); // the terminal signals the whole group; the script decides when to end
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
}

/** Waits for all, so that nothing is cut off in its work; then fails as the first that failed. */
async function allOf(promises) {
  const failed = (await Promise.allSettled(promises)).find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
}

/** pnpm as a program for this system, which needs no Node. */
async function ensurePnpm() {
  const { glibcVersionRuntime } = process.report.getReport().header;
  const musl = process.platform === 'linux' && glibcVersionRuntime === undefined ? '-musl' : '';
  const name = `@pnpm/exe.${process.platform}-${process.arch}${musl}`;
  const flags = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  const install = (target) => ['npm', ['install', '--prefix', target, ...flags]];
  link('pnpm', join(await npmPackage(name, PNPM, install), 'pnpm'));
}

/** By pnpm, which takes a third of the time that npm takes for its 50 MB. */
async function ensureNode() {
  if (atLeast(process.versions.node, NODE.floor)) return link('node', fs.realpathSync(process.execPath));
  const pinned = await installNode(NODE.pinned);
  link('node', output(pinned, ['--version']) === '' ? await installNode(NODE.before) : pinned);
}

async function installNode(version) {
  const name = `node-${process.platform}-${process.arch}`;
  const flags = ['--ignore-workspace', '--ignore-scripts', '--silent'];
  const install = (target) => [join(bin, 'pnpm'), ['add', '--dir', target, ...flags]];
  return join(await npmPackage(name, version, install), 'bin/node');
}

async function ensureUv() {
  const candidates = [process.env.RLM_UV ?? '', ...systemPath.map((folder) => join(folder, 'uv'))];
  for (const uv of candidates.filter((path) => fs.existsSync(path))) {
    if (atLeast(/\d+\.\d+\.\d+/.exec(output(uv, ['--version']))?.[0], UV.floor)) return link('uv', uv);
  }
  const requirement = `uv==${UV.pinned}`;
  const folder = await installOnce(`uv-${UV.pinned}`, async (target) => {
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--no-compile'];
    const aside = ['--root-user-action=ignore', '--target', join(target, 'pip')];
    // Where there is pip: to make a virtual environment takes longer than to install uv.
    const hasPip = (python) => output(python, ['-c', 'import pip; print(pip.__version__)']) !== '';
    const python = [join(bin, 'python3'), 'python3'].find(hasPip);
    if (python !== undefined) {
      if (await runs(python, [...pip, ...aside, requirement])) return;
      say('pip could not install it; trying a virtual environment');
    }
    const venv = join(target, 'venv');
    if ((await runs('python3', ['-m', 'venv', venv])) && (await runs(join(venv, 'bin/python'), [...pip, requirement])))
      return;
    throw new Problem(
      `${requirement} could not be installed; the lines above say why. It takes Python ≥ 3.11 with venv or pip:\n` +
        '  Debian, Ubuntu: apt install python3-venv    Fedora: dnf install python3-pip    macOS: brew install uv\n' +
        `Or put a uv ≥ ${UV.floor} on PATH.`,
    );
  });
  const installed = ['pip/bin/uv', 'venv/bin/uv'].map((path) => join(folder, path));
  link(
    'uv',
    installed.find((path) => fs.existsSync(path)),
  );
}

/**
 * The first Python on the PATH that was compiled with optimizations is the first that is found: another one, as pyenv
 * compiles them where nobody asks for more, takes twice the time for everything. Where there is none, or `UV_PYTHON` names
 * one, uv finds it.
 */
function choosePython() {
  const optimized = '"--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")';
  // Debian's says nothing of it: its packages hand the settings to make.
  const code = `import sys, sysconfig; print(sys.version.split()[0] if ${optimized} or sys.base_prefix == "/usr" else "")`;
  const found = systemPath
    .map((folder) => join(folder, 'python3'))
    .find((path) => atLeast(/[\d.]+/.exec(output(path, ['-I', '-c', code]))?.[0], PYTHON_FLOOR));
  if (found === undefined) fs.rmSync(join(bin, 'python3'), { force: true });
  else link('python3', found);
}

/** `pnpm install --frozen-lockfile`, once for each state of the lock, the manifests and Node. */
async function ensurePackages() {
  const packages = fs.readdirSync(join(root, 'packages')).map((name) => `packages/${name}/package.json`);
  const hash = createHash('sha256').update(fs.realpathSync(join(bin, 'node')));
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...packages.sort()]) {
    if (fs.existsSync(join(root, file))) hash.update(fs.readFileSync(join(root, file)));
  }
  const key = hash.digest('hex');
  const stamp = join(root, 'node_modules/.bootstrap-stamp');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === key) return;
  say('installing packages');
  if (!(await runs(join(bin, 'pnpm'), ['install', '--frozen-lockfile']))) {
    throw new Problem('pnpm install failed; the lines above say why.');
  }
  fs.writeFileSync(stamp, key);
}

/** The folder of an npm package under .tools, put there by what installs it into a folder. */
async function npmPackage(name, version, install) {
  const folder = await installOnce(`${name.replace('/', '-')}-${version}`, async (target) => {
    const [program, args] = install(target);
    if (await runs(program, [...args, `${name}@${version}`])) return;
    throw new Problem(`${name}@${version} could not be installed; the lines above say why.`);
  });
  return join(folder, 'node_modules', name);
}

/** Fills a new folder and moves it into place when it is whole, so that an interrupted or a second run does no harm. */
async function installOnce(name, fill) {
  const folder = join(tools, name);
  if (fs.existsSync(folder)) return folder;
  say(`installing ${name} into .tools`);
  const target = fs.mkdtempSync(join(tools, 'new-'));
  try {
    await fill(target);
    fs.renameSync(target, folder);
  } catch (error) {
    if (!fs.existsSync(folder)) throw error; // else another process was first
  } finally {
    fs.rmSync(target, { recursive: true, force: true });
  }
  return folder;
}

function link(name, target) {
  place(name, (path) => fs.symlinkSync(target, path));
}

/** Replaces .tools/bin/<name> in one step: others may be using it. */
function place(name, write) {
  const path = join(bin, `.${name}.${process.pid}`);
  write(path);
  fs.renameSync(path, join(bin, name));
}

/** Runs a tool with its output on stderr. False when it failed or is missing. */
async function runs(command, args) {
  const PATH = [bin, ...systemPath].join(delimiter);
  const tool = spawn(command, args, { cwd: root, stdio: ['ignore', 2, 2], env: { ...process.env, PATH } });
  try {
    const [code] = await once(tool, 'close');
    return code === 0;
  } catch (error) {
    say(`${command}: ${error.message}`);
    return false;
  }
}

function output(command, args) {
  return spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).stdout ?? '';
}

function atLeast(version = '0', floor) {
  const [a, b] = [version, floor].map((text) => text.split('.').map(Number));
  const difference = a.map((part, i) => part - (b[i] ?? 0)).find((d) => d !== 0);
  return (difference ?? 0) >= 0;
}

function say(line) {
  process.stderr.write(`[bootstrap] ${line}\n`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  say(error.message);
  process.exitCode = 1;
}
