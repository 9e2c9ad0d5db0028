export type { RLMCoverage } from './coverage.ts';
export { diagnose, type RLMDiagnoseOptions } from './diagnose/diagnose.ts';
export type { RLMCheck, RLMCheckDetails, RLMCheckName, RLMDiagnosis } from './diagnose/diagnosis.ts';
export { formatDiagnosis } from './diagnose/format-diagnosis.ts';
export { RLMAbortError, RLMError, type RLMErrorCode } from './errors.ts';
export type { RLMCallRole, RLMCallTotals, RLMEvent, RLMTokens } from './events.ts';
export type {
  JSONValue,
  RLMBackend,
  RLMContext,
  RLMEnvironment,
  RLMEnvironmentOptions,
  RLMOptions,
  RLMPrice,
} from './options.ts';
export { closeWorkers, configureWorkers } from './pool.ts';
export type { RLMErrorInfo, RLMPartialResult, RLMResult, RLMRunErrorCode, StopReason } from './result.ts';
export { type RLMRun, runRLM } from './run-rlm.ts';
export type { RLMCodeBlock, RLMIteration, RLMSubCall, RLMTrajectory } from './trajectory.ts';
export type { RLMModelUsage, RLMUsage } from './usage.ts';
