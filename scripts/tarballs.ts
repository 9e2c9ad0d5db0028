import { join } from 'node:path';

// The packages that users get, as they get them.

/** The packages that are published. */
export const PUBLISHED = [
  'rlm-bridge',
  '@rlm-bridge/ai-sdk',
  '@rlm-bridge/assess',
  '@rlm-bridge/viewer',
  '@rlm-bridge/cli',
];

/** Where `scripts/test.ts` has packed them already. */
export const PACKED_FOLDER = 'RLM_TEST_TARBALLS';

export function tarballOf(name: string, folder: string): string {
  return join(folder, `${name.replace('@', '').replace('/', '-')}.tgz`);
}

/** The command that packs all, and builds them first, in their folders: so nothing else may while tests run. */
export function packing(folder: string): [command: string, args: string[]] {
  const filters = PUBLISHED.map((name) => `--filter=${name}`);
  const script = 'tsdown && RLM_BUILT=1 exec pnpm "$@"';
  return ['bash', ['-c', script, 'packing', ...filters, 'pack', '--out', join(folder, '%s.tgz')]];
}
