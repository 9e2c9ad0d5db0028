// Before the other dependencies: it says which Node is needed, where they fail in words of their own.
import 'rlm-bridge';

export { applyGate } from './apply-gate.ts';
export { assessWorkers } from './assess-workers.ts';
export { WorkBase } from './base/work-base.ts';
export { type Baseline, type PrunedBaseline, parseBaseline, pruneBaseline, toBaseline } from './baseline.ts';
export { counted } from './counted.ts';
export { AssessAbortError, AssessError, type AssessErrorCode } from './errors.ts';
export type { AssessEvent } from './events.ts';
export { printable, printableJSON, printableLines } from './printable.ts';
export { provenanceText } from './provenance-text.ts';
export { verdictLine } from './reports/common.ts';
export { formatAssessmentResult } from './reports/format.ts';
export { toGitHubAnnotations } from './reports/github.ts';
export { toGitLab } from './reports/gitlab.ts';
export { toJUnit } from './reports/junit.ts';
export { toMarkdown } from './reports/markdown.ts';
export { toRdjson } from './reports/rdjson.ts';
export { toSarif } from './reports/sarif.ts';
export type { AppliedGate, AssessmentResult, Metrics } from './result.ts';
export { AssessmentResultSchema, assessmentResultJsonSchema } from './result-schema.ts';
export { type EvidenceSummary, summarizeEvidence } from './summarize-evidence.ts';
export type { Category, Dimension, Severity, Verdict } from './terms.ts';
export type { AssessOptions, Criterion, GatePolicy, JudgeOptions, RubricPreset, WorkerSpec } from './types.ts';
export { exitCodeOf, isLetThrough, isOpen } from './verdict.ts';
export type {
  AssessmentErrorInfo,
  CriterionOutcome,
  Finding,
  Omitted,
  Provenance,
  WorkerAssessment,
} from './worker-assessment.ts';
