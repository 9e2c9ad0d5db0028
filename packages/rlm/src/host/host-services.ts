import type { RLMOptions } from '../api/options.ts';
import { hostModels } from '../options/host-models.ts';
import type { AnswerCheck } from './answer-check.ts';
import { callHostModel } from './call-host-model.ts';
import type { HostServices } from './host-requests.ts';
import { HostTools } from './host-tools.ts';

/** What the options let the worker ask of this process. */
export function hostServices(runId: string, options: RLMOptions, answers: AnswerCheck): HostServices {
  const models = hostModels(options);
  const tools = new HostTools(runId, options);
  return {
    callTool: (request, signal) => tools.call(request, signal),
    callModel: (request, signal) => callHostModel(models[request.which], request, signal),
    checkAnswer: (request, signal) => answers.check(request, signal),
  };
}
