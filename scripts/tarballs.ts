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
  return join(folder, `${name.replace('/', '-')}.tgz`);
}

/** The command that packs one, which builds in its folder: so nothing else may while tests run. */
export function packing(name: string, folder: string): [command: string, args: string[]] {
  return ['pnpm', ['--filter', name, 'pack', '--out', tarballOf(name, folder)]];
}
