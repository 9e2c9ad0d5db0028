import type { AssessmentResult } from '../api/result.ts';
import type { Finding, WorkerAssessment } from '../api/worker-assessment.ts';
import { isOpen } from '../verdict/verdict.ts';
import { findingText, isInFile, loudnessOf, pathOf, sourceLine, toJson, workerLine } from './common.ts';
import { allFindings } from './worst-first.ts';

const SEVERITIES = { error: 'ERROR', warning: 'WARNING', note: 'INFO' } as const;

const URL_OF_TOOL = 'https://www.npmjs.com/package/@rlm-bridge/assess';

/** Reviewdog's diagnostic format. The verdict on each worker is a diagnostic of its own, before the findings, worst first. */
export function toRdjson(result: AssessmentResult): string {
  return toJson({
    // Reviewdog knows its own comments again by this name: nothing that changes from run to run may be in it.
    source: { name: 'rlm-assess', url: URL_OF_TOOL },
    severity: isOpen(result.verdict) ? 'INFO' : 'ERROR',
    diagnostics: [
      ...result.workers.map(verdictDiagnostic),
      ...allFindings(result).map(({ worker, finding }) => diagnosticOf(worker, finding)),
    ],
  });
}

function diagnosticOf(worker: WorkerAssessment, finding: Finding): object {
  const { rule, startLine, endLine } = finding;
  // Its columns are bytes of UTF-8, which nobody knows of a line that is not quoted whole: whole lines are meant.
  const range = { start: { line: startLine }, end: { line: endLine } };
  const message = findingText(finding, worker.samples);
  const path = pathOf(finding);
  const severity = SEVERITIES[loudnessOf(finding)];
  const place = isInFile(finding) ? `${path}:${startLine}` : path;
  return {
    message,
    location: { path, ...(isInFile(finding) && { range }) },
    severity,
    code: { value: rule },
    original_output: outputOf(worker, `${place}: ${severity.toLowerCase()}: ${rule}: ${message}`),
  };
}

function verdictDiagnostic(worker: WorkerAssessment): object {
  return {
    message: workerLine(worker),
    location: { path: 'evidence/verdict' },
    severity: isOpen(worker.verdict) ? 'INFO' : 'ERROR',
    code: { value: `rlm-verdict-${worker.verdict}` },
    original_output: outputOf(worker, workerLine(worker)),
  };
}

/** What reviewdog prints on a terminal, in place of message and location. */
function outputOf(worker: WorkerAssessment, text: string): string {
  return `${text}\n${sourceLine(worker)}`;
}
