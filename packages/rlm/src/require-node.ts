import { RLMError } from './api/errors.ts';

/** Oldest Node that this package and its dependencies run on; `engines` of the manifests says the same. */
export const MIN_NODE = '22.18';

/** @throws {RLMError} `node_too_old` */
export function requireNode(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = MIN_NODE.split('.').map(Number);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  throw new RLMError('node_too_old', `rlm-bridge needs Node ${MIN_NODE} or newer; this is Node ${version}.`);
}

// Before any dependency is evaluated: they fail on an older Node in words of their own.
requireNode(process.versions.node);
