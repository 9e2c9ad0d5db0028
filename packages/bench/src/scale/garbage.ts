import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Collects it now, so that what is held is what is in use. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
