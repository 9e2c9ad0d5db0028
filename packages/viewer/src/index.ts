export type { AssessedDocument, AssessmentView } from './model/assessment-view.ts';
export type { CoverageView, DocumentView, ReadView } from './model/coverage-view.ts';
export type { RunEnd, RunOrigin, RunStatus, RunSummary } from './model/run-summary.ts';
export type {
  CallView,
  CodeBlockView,
  IterationView,
  LifeView,
  NodeView,
  RefusalView,
  RemarkView,
  RunHead,
  RunView,
  ToolView,
} from './model/run-view.ts';
export type { Spent, TextRef } from './model/texts.ts';
export type { ViewSource } from './model/view-source.ts';
export { type AssessmentReportOptions, assessmentReport } from './report/assessment-report.ts';
export { type RunReportOptions, runReport } from './report/run-report.ts';
export { openViewer, type Viewer, type ViewerOptions } from './server/open-viewer.ts';
export { type FoundSource, openPath } from './sources/path-source.ts';
export { storeSource } from './sources/store-source.ts';
