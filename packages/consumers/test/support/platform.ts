// Programs that npm has a package of for each platform.

const { platform, arch } = process;

/** An older Node. */
export const OLD_NODE = platform === 'darwin' ? `node-bin-darwin-${arch}` : `node-${platform}-${arch}`;

const BUN = `@oven/bun-${platform}-${arch === 'arm64' ? 'aarch64' : arch}`;
const DENO = `@deno/${platform}-${arch}${platform === 'linux' ? '-glibc' : ''}`;

/** By these names, because pnpm takes "bun" and "deno" for runtimes, which it downloads from elsewhere. */
export const platformPackages = (versions: { bun: string; deno: string }) => ({
  [BUN]: versions.bun,
  [DENO]: versions.deno,
});

/** Where programs of the project `tools` are, from its `node_modules`. */
export const TOOLS: Readonly<Record<string, string>> = {
  bun: `${BUN}/bin/bun`,
  deno: `${DENO}/deno`,
  yarn: '.bin/yarn',
};
