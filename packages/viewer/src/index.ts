export type { AssessmentView, ExcerptView, FindingCallView, JudgeRunView } from './model/assessment-view.ts';
export type { CallView, ToolView } from './model/call-view.ts';
export type { CoverageView, DocumentView, ReadView } from './model/coverage-view.ts';
export type { RunEnd, RunOrigin, RunStatus, RunSummary } from './model/run-summary.ts';
export type {
  CodeBlockView,
  IterationView,
  LifeView,
  NodeView,
  RefusalView,
  RemarkView,
  RunHead,
  RunView,
} from './model/run-view.ts';
export type { Spent, TextRef } from './model/texts.ts';
export type { ViewSource } from './model/view-source.ts';
export { type FoundSource, type OpenPathOptions, openPath } from './paths/open-path.ts';
export { type AssessmentReportOptions, assessmentReport } from './report/assessment-report.ts';
export { requirePage } from './report/page-files.ts';
export { type RunReportOptions, runReport } from './report/run-report.ts';
export { openViewer, type Viewer, type ViewerOptions } from './server/open-viewer.ts';
export { storeSource } from './sources/store-source.ts';
