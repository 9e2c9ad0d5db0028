#!/usr/bin/env node
// Imports nothing before it has looked: on an older Node dependencies fail in words of their own.
const NEEDED = [22, 18] as const;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) {
  await import('./exit/ending.ts');
  await import('./start.ts');
} else {
  process.stderr.write(`rlm: Node ${NEEDED.join('.')} or newer is needed; this is Node ${process.versions.node}.\n`);
  process.exitCode = 2;
}

export {};
