import { RLMError } from '../api/errors.ts';
import { hostModels } from '../options/host-models.ts';
import { planModels } from '../options/plan-models.ts';
import { resolvedModel } from '../options/resolve-models.ts';
import type { CheckOutcome } from './diagnosis.ts';
import type { Subject } from './subject.ts';

/** Which models a run with these options would ask, or why it would be refused. Nobody is asked. */
export async function checkModels({ options, env }: Subject): Promise<CheckOutcome<'models'>> {
  try {
    const models = planModels(options, env);
    const [root, sub] = [resolvedModel(models.root), resolvedModel(models.sub)];
    const details = { root, sub };
    const summary = `root: ${root.model} (${root.backend}), sub-calls: ${sub.model} (${sub.backend})`;
    return { status: 'ok', summary, advice: null, details };
  } catch (error) {
    if (!RLMError.isInstance(error)) throw error;
    if (error.code === 'missing_api_key' && !isServed(options)) {
      return { status: 'warning', summary: 'nobody is named who serves them', advice: null, details: null };
    }
    return {
      status: 'failed',
      summary: 'a run with these options would not start',
      advice: error.message,
      details: null,
    };
  }
}

/** Whether the options say who serves the models: else it is for a run to say. */
export function isServed(options: Subject['options']): boolean {
  const { root, sub } = hostModels(options);
  return [options.backend, options.subBackend, root, sub].some((one) => one !== undefined && one !== null);
}

const ASK_NOBODY = ['host', 'offline'];

/** Whether a run would have to reach a provider; where that is not known, it would. */
export function asksProvider({ details }: CheckOutcome<'models'>): boolean {
  return details === null || [details.root, details.sub].some(({ backend }) => !ASK_NOBODY.includes(backend));
}
