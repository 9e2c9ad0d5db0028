import type { AnswerCheck } from './answer-check.ts';
import { callHostModel } from './call-host-model.ts';
import { hostModels } from './host-models.ts';
import type { HostServices } from './host-requests.ts';
import type { RLMOptions } from './options.ts';
import { HostTools } from './tools/host-tools.ts';

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
