// Before the other dependencies: it says which Node is needed, where they fail in words of their own.
import 'rlm-bridge';

export type { Baseline, BaselineFinding } from './api/baseline.ts';
export type {
  CalibratedJudge,
  CalibrateOptions,
  CalibrationChanges,
  CalibrationResult,
  ChangedFigure,
  CleanLabel,
  DefectLabel,
  FindingRates,
  Label,
  LabelPlace,
  LookCounts,
  MissedDefect,
  Proportion,
  ScoreBin,
  StrayFinding,
  Suggestion,
} from './api/calibration.ts';
export { CalibrationResultSchema, calibrationResultJsonSchema } from './api/calibration-schema.ts';
export { AssessAbortError, AssessError, type AssessErrorCode } from './api/errors.ts';
export type { AssessEvent, AssessedFinding } from './api/events.ts';
export type { ExcerptLine, FindingExcerpt } from './api/excerpt.ts';
export type {
  AssessOptions,
  Criterion,
  GatePolicy,
  JudgeOptions,
  RubricPreset,
  VerifierOptions,
  WorkerSpec,
} from './api/options.ts';
export { FAULT_KINDS, type FaultKind, type Plant, type PlantedWork, type PlantOptions } from './api/planting.ts';
export type { AppliedGate, AssessmentResult, Metrics } from './api/result.ts';
export { AssessmentResultSchema, assessmentResultJsonSchema } from './api/result-schema.ts';
export type { Category, Dimension, Severity, Verdict } from './api/terms.ts';
export type { Verification } from './api/verification.ts';
export type {
  AssessmentErrorInfo,
  CriterionOutcome,
  Finding,
  GoneFinding,
  Omitted,
  Provenance,
  Rename,
  Suppression,
  WorkerAssessment,
} from './api/worker-assessment.ts';
export { type AssessmentRun, assessWorkers } from './assess-workers.ts';
export { type FileOfBase, WorkBase } from './base/work-base.ts';
export { type PrunedBaseline, parseBaseline, pruneBaseline, toBaseline } from './baseline.ts';
export { calibrate } from './calibrate.ts';
export { parseLabels } from './calibration/labels.ts';
export { labelledWorkers } from './calibration/works.ts';
export { excerptsOfWork, type WorkExcerpts } from './excerpts-of-work.ts';
export { excerptsOfContext } from './findings/excerpts.ts';
export { type ListedWorker, listWorkers } from './list-workers.ts';
export { plantFaults } from './plant-faults.ts';
export { toCalibrationHtml } from './reports/calibration-html.ts';
export { formatCalibration } from './reports/calibration-text.ts';
export { verdictLine } from './reports/common.ts';
export { formatAssessmentResult } from './reports/format.ts';
export { toGitHubAnnotations } from './reports/github.ts';
export { toGitLab } from './reports/gitlab.ts';
export { toInstructions } from './reports/instructions.ts';
export { toJUnit } from './reports/junit.ts';
export { toMarkdown } from './reports/markdown.ts';
export { provenanceText } from './reports/provenance-text.ts';
export { toRdjson } from './reports/rdjson.ts';
export { SARIF_MAX_RUNS, toSarif, toSarifFiles } from './reports/sarif.ts';
export { trendLine } from './reports/trend.ts';
export { type EvidenceSummary, summarizeEvidence } from './summarize-evidence.ts';
export { counted, printable, printableJSON, printableLines } from './text/printed.ts';
export { applyGate } from './verdict/apply-gate.ts';
export { exitCodeOf, isLetThrough, isOpen } from './verdict/verdict.ts';
