import type { RunPlan } from '../options/run-plan.ts';
import type { AnswerCheck } from './answer-check.ts';
import { callHostModel } from './call-host-model.ts';
import type { HostServices } from './host-requests.ts';
import { HostTools } from './host-tools.ts';

type ServicePlan = Pick<RunPlan, 'models' | 'tools'>;

/** What the options let the worker ask of this process. */
export function hostServices(runId: string, { models, ...plan }: ServicePlan, answers: AnswerCheck): HostServices {
  const tools = new HostTools(runId, plan.tools);
  return {
    callTool: (request, signal) => tools.call(request, signal),
    callModel: (request, signal) => callHostModel(models[request.which].hostModel, request, signal),
    checkAnswer: (request, signal) => answers.check(request, signal),
  };
}
