import { cp, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
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

const AUTHORITIES = '/usr/local/share/authorities.pem';

/** Makes an image like `node:24-bookworm-slim` without an image registry: Debian, this Node and its npm, and the user `node`. */
export async function buildNodeImage(project: Project, image: string): Promise<void> {
  const folder = join(project.folder, 'node-image');
  await project.makeFolder('node-image');
  const npm = join(Project.installed('tools').folder, 'node_modules/npm');
  await cp(await realpath(npm), join(folder, 'npm'), { recursive: true });
  await cp(await realpath(process.execPath), join(folder, 'node'));
  const own = process.env.NODE_EXTRA_CA_CERTS;
  await project.write({ 'node-image/authorities.pem': own ? await readFile(own, 'utf8') : '' });
  const trust = ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS', 'PIP_CERT'].map((name) => [name, AUTHORITIES] as const);
  const variables = [...REGISTRIES.map((name) => [name, process.env[name]] as const), ...(own ? trust : [])];
  const lines = variables.flatMap(([name, value]) => (value ? [`ENV ${name}=${JSON.stringify(value)}\n`] : []));
  await project.write({ 'node-image/Dockerfile': DOCKERFILE + lines.join('') });
  await execa('docker', ['build', '--tag', image, folder]);
}

const DOCKERFILE = `FROM ${DEBIAN}
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
COPY authorities.pem ${AUTHORITIES}
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \\
 && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx \\
 && useradd --create-home --uid 1000 node
`;
