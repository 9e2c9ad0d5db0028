import './require-node.ts';

export type { RLMBackend, RLMEnvironment } from './api/backends.ts';
export type { RLMErrorCode, RLMRunErrorCode, StopReason } from './api/codes.ts';
export type { RLMCoverage } from './api/coverage.ts';
export { RLMAbortError, RLMError } from './api/errors.ts';
export type {
  RLMAnswerProblem,
  RLMAnswerRejectedEvent,
  RLMCallCompletedEvent,
  RLMCallReplayedEvent,
  RLMCallStartedEvent,
  RLMCodeBlockCompletedEvent,
  RLMCodeBlockOutputEvent,
  RLMCodeBlockStartedEvent,
  RLMContextLoadedEvent,
  RLMCoverageMeasuredEvent,
  RLMEnvironmentStartedEvent,
  RLMEvent,
  RLMIterationCompletedEvent,
  RLMIterationStartedEvent,
  RLMLogEvent,
  RLMReplayDivergedEvent,
  RLMRunCompletedEvent,
  RLMRunFailedEvent,
  RLMRunResumedEvent,
  RLMRunStartedEvent,
  RLMStrategyChosenEvent,
  RLMToolCompletedEvent,
  RLMToolStartedEvent,
} from './api/events.ts';
export type { RLMFinishReason } from './api/finish-reasons.ts';
export type { RLMForkOptions, RLMReplayOptions, RLMResumeOptions } from './api/go-on-options.ts';
export type { RLMChatMessage, RLMHostModel, RLMHostModelReply, RLMHostModelRequest } from './api/host-model.ts';
export type { JSONValue } from './api/json.ts';
export type { RLMCallRole, RLMCallTotals, RLMTokens } from './api/model-calls.ts';
export type { RLMContext, RLMEnvironmentOptions, RLMOptions, RLMPrice, RLMVerdict } from './api/options.ts';
export type { RLMErrorInfo, RLMPartialResult, RLMResult } from './api/result.ts';
export type { JSONSchema, RLMSchema, StandardSchema } from './api/rlm-schema.ts';
export { defineTool, type RLMTool, type RLMToolArguments, type RLMToolCall } from './api/rlm-tool.ts';
export type { RunAside, RunLease, RunReadOptions, RunStore, StoredBlob, StoredRun } from './api/run-store.ts';
export type { RLMStrategy } from './api/strategy.ts';
export type { RLMCodeBlock, RLMIteration, RLMSubCall, RLMTrajectory } from './api/trajectory.ts';
export type { RLMModelUsage, RLMUsage } from './api/usage.ts';
export type { RLMDifference, RLMVerification, RLMVerifyOptions } from './api/verification.ts';
export { diagnose, prepare, type RLMDiagnoseOptions } from './diagnose/diagnose.ts';
export type { RLMCheck, RLMCheckDetails, RLMCheckName, RLMDiagnosis } from './diagnose/diagnosis.ts';
export { formatDiagnosis } from './diagnose/format-diagnosis.ts';
export { forkRLM } from './fork-rlm.ts';
export { type RLMResolvedModel, resolveModels } from './options/resolve-models.ts';
export { replayRLM } from './replay-rlm.ts';
export { resumeRLM } from './resume-rlm.ts';
export { type RLMRun, runRLM } from './run-rlm.ts';
export { openSession } from './session/open-session.ts';
export type { RLMSession, RLMUnfinishedTurn } from './session/rlm-session.ts';
export type { RLMSessionOptions, RLMTurnOptions } from './session/session-options.ts';
export type { RLMSessionTotals } from './session/totals.ts';
export { type FileStoreOptions, fileStore } from './store/file-store.ts';
export { memoryStore } from './store/memory-store.ts';
export { verifyRLM } from './verify-rlm.ts';
export { closeWorkers, configureWorkers, type RLMWorkerSettings } from './worker/configure-workers.ts';
