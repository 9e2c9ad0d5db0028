import './require-node.ts';

export type { RLMCoverage } from './coverage.ts';
export { diagnose, type RLMDiagnoseOptions } from './diagnose/diagnose.ts';
export type { RLMCheck, RLMCheckDetails, RLMCheckName, RLMDiagnosis } from './diagnose/diagnosis.ts';
export { formatDiagnosis } from './diagnose/format-diagnosis.ts';
export { RLMAbortError, RLMError, type RLMErrorCode } from './errors.ts';
export type { RLMAnswerProblem, RLMCallRole, RLMCallTotals, RLMEvent, RLMTokens } from './events.ts';
export type { RLMFinishReason } from './finish-reasons.ts';
export type { RLMChatMessage, RLMHostModel, RLMHostModelReply, RLMHostModelRequest } from './host-models.ts';
export type {
  JSONValue,
  RLMBackend,
  RLMContext,
  RLMEnvironment,
  RLMEnvironmentOptions,
  RLMOptions,
  RLMPrice,
  RLMVerdict,
} from './options.ts';
export { closeWorkers, configureWorkers, type RLMWorkerSettings } from './pool.ts';
export { type RLMResolvedModel, resolveModels } from './resolve-models.ts';
export type { RLMErrorInfo, RLMPartialResult, RLMResult, RLMRunErrorCode, StopReason } from './result.ts';
export { type RLMRun, runRLM } from './run-rlm.ts';
export type { JSONSchema, RLMSchema, StandardSchema } from './schema/rlm-schema.ts';
export { openSession, type RLMSession } from './session/open-session.ts';
export type { RLMSessionOptions, RLMTurnOptions } from './session/session-options.ts';
export type { RLMSessionTotals } from './session/totals.ts';
export type { RLMStrategy } from './strategy.ts';
export { defineTool, type RLMTool, type RLMToolArguments, type RLMToolCall } from './tools/rlm-tool.ts';
export type { RLMCodeBlock, RLMIteration, RLMSubCall, RLMTrajectory } from './trajectory.ts';
export type { RLMModelUsage, RLMUsage } from './usage.ts';
