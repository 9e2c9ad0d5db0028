import type { JournalResult, ToolResult } from '@rlm-bridge/protocol';
import type { RunPlan } from '../options/run-plan.ts';
import type { AnswerCheck, CheckedAnswer } from './answer-check.ts';
import { callHostModel } from './call-host-model.ts';
import type { HostServices, RequestOf } from './host-requests.ts';
import { HostTools } from './host-tools.ts';
import { Redactor } from './redactor.ts';

type ServicePlan = Pick<RunPlan, 'spec' | 'models' | 'tools' | 'secrets'>;

/** Where this process writes what it is about to reply, and the worker what it is about to do: nothing is done twice. */
export interface ReplyJournal {
  tool(request: RequestOf<'tool.call'>, outcome: ToolResult['outcome']): Promise<void>;
  verdict(request: RequestOf<'answer.check'>, checked: CheckedAnswer): Promise<void>;
  effects(request: RequestOf<'journal.append'>): Promise<JournalResult['outcome']>;
}

/** What the options let the worker ask of this process. `journal` is null for a run that is kept nowhere. */
export function hostServices(
  runId: string,
  { models, ...plan }: ServicePlan,
  answers: AnswerCheck,
  journal: ReplyJournal | null,
): HostServices {
  const tools = new HostTools(runId, plan.tools);
  const redactor = new Redactor(plan);
  return {
    callTool: async (request, signal) => {
      const outcome = redactor.redact(await tools.call(request, signal));
      // What a tool says that was cut off with its run is nothing that came of it: it is called again.
      if (journal !== null) signal.throwIfAborted();
      await journal?.tool(request, outcome);
      return outcome;
    },
    callModel: (request, signal) => callHostModel(models[request.which].hostModel, request, signal),
    checkAnswer: async (request, signal) => {
      const checked = await answers.check(request, signal);
      if (journal !== null) signal.throwIfAborted();
      const problems = redactor.redact(checked.problems);
      await journal?.verdict(request, { ...checked, problems });
      return problems;
    },
    writeEffects: async (request) => {
      if (journal === null) throw new Error('The run is kept nowhere.');
      return await journal.effects(request);
    },
  };
}
