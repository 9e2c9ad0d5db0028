import { RLMError } from '../api/errors.ts';
import { CERTIFICATE_VARIABLES, PROXY_VARIABLES, requireUsableNetwork } from '../options/surroundings.ts';
import type { CheckOutcome } from './diagnosis.ts';
import type { Subject } from './subject.ts';

/** Which variables steer the way to a provider, by name alone, and whether each can be used, where they are needed. Nothing is connected. */
export async function checkNetwork({ env }: Subject, isNeeded: boolean): Promise<CheckOutcome<'network'>> {
  const set = (names: readonly string[]) => names.filter((name) => env[name]);
  const details = {
    proxyVariables: set([...PROXY_VARIABLES, 'NO_PROXY', 'no_proxy']),
    certificateVariables: set(CERTIFICATE_VARIABLES),
  };
  const summary = `set: ${[...details.proxyVariables, ...details.certificateVariables].join(', ') || 'none'}`;
  try {
    requireUsableNetwork(env);
    return { status: 'ok', summary, advice: null, details };
  } catch (error) {
    if (!RLMError.isInstance(error)) throw error;
    const status = isNeeded ? 'failed' : 'warning';
    return { status, summary: `${summary}; one cannot be used`, advice: error.message, details };
  }
}
