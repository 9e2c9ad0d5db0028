import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Bytes on the heap that something holds: when garbage is collected is nobody's to say. */
export function heldBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
