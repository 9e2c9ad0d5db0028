/** What stands in a repository for a file that Git LFS keeps elsewhere. */
export interface LFSPointer {
  sha256: string;
  size: number;
}

const POINTER =
  /^version https:\/\/(?:git-lfs\.github\.com\/spec|hawser\.github\.com\/spec)\/v1\n(?:ext-[^\n]*\n)*oid sha256:([0-9a-f]{64})\nsize (\d+)\n?$/;
/** Pointers are shorter than that, by their specification. */
const MAX_BYTES = 1024;

/** Null: it is a file like any other. */
export function readPointer(bytes: Uint8Array): LFSPointer | null {
  if (bytes.length >= MAX_BYTES) return null;
  const [, sha256, size] = POINTER.exec(Buffer.from(bytes).toString('latin1')) ?? [];
  return sha256 === undefined ? null : { sha256, size: Number(size) };
}
