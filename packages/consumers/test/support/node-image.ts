import { mkdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { Project } from './project.ts';

/** The sandbox image, made of Debian packages. */
const DEBIAN = process.env.RLM_SANDBOX_IMAGE || 'rlm-bridge-sandbox:local';

/** Where packages come from on this machine, for programs in a container. */
const REGISTRIES = [
  'NPM_CONFIG_REGISTRY',
  'PIP_INDEX_URL',
  'UV_DEFAULT_INDEX',
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'NO_PROXY',
];

const AUTHORITIES = 'share/authorities.pem';

/** What is done in a container of Debian, which becomes the image. As in Debian's own images, apt fetches no translations. */
const MAKE = `set -e
echo 'Acquire::Languages "none";' > /etc/apt/apt.conf.d/docker-no-languages
tar -x --no-same-owner -C /usr/local
ldconfig
ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx
useradd --create-home --uid 1000 node`;

/**
 * Makes an image like `node:26-bookworm-slim` without an image registry: Debian, this Node and its npm, and the user `node`.
 * It is the commit of one container: a build would store Node with its context first, and make a layer of each line.
 */
export async function makeNodeImage(project: Project, image: string): Promise<void> {
  const own = process.env.NODE_EXTRA_CA_CERTS;
  const folder = await filesFor(project, own ? await readFile(own, 'utf8') : '');
  const making = ['create', '--interactive', '--network', 'none', DEBIAN, 'sh', '-c', MAKE];
  const { stdout: container } = await execa('docker', making);
  try {
    const options = { buffer: { stdout: false }, reject: false } as const;
    const files = execa('tar', ['--dereference', '-c', '-C', folder, '.'], options);
    await files.pipe('docker', ['start', '--attach', '--interactive', container]);
    // 1 is of a file that changed as it was read, and one that pnpm links does so when it is linked elsewhere too.
    const { exitCode, stderr } = await files;
    if (exitCode !== 0 && exitCode !== 1) throw new Error(`tar ended with ${exitCode}: ${stderr}`);
    const lines = Object.entries(variables(own)).map(([name, value]) => `ENV ${name}=${JSON.stringify(value)}`);
    const changes = [...lines, 'CMD ["node"]'].flatMap((line) => ['--change', line]);
    await execa('docker', ['commit', ...changes, container, image]);
  } finally {
    await execa('docker', ['rm', '--force', container]);
  }
}

/** A folder of links to what the image has in `/usr/local`. */
async function filesFor(project: Project, authorities: string): Promise<string> {
  const folder = join(project.folder, 'node-image');
  for (const name of ['bin', 'lib/node_modules', 'share']) await mkdir(join(folder, name), { recursive: true });
  await symlink(await realpath(process.execPath), join(folder, 'bin/node'));
  for (const library of librariesOfNode()) await symlink(library, join(folder, 'lib', basename(library)));
  const npm = join(Project.installed('tools').folder, 'node_modules/npm');
  await symlink(await realpath(npm), join(folder, 'lib/node_modules/npm'));
  await writeFile(join(folder, AUTHORITIES), authorities);
  return folder;
}

/** What Node takes from 25 on, and Debian's smallest system is without: Node's images have it too. */
function librariesOfNode(): string[] {
  const { sharedObjects } = process.report.getReport() as { sharedObjects: string[] };
  return sharedObjects.filter((path) => basename(path).startsWith('libatomic.'));
}

function variables(own: string | undefined): Record<string, string> {
  const trust = own ? ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS', 'PIP_CERT'] : [];
  const known = REGISTRIES.flatMap((name): [string, string][] => {
    const value = process.env[name];
    return value ? [[name, value]] : [];
  });
  return Object.fromEntries([...known, ...trust.map((name) => [name, `/usr/local/${AUTHORITIES}`])]);
}
