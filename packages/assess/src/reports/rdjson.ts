import type { AssessmentResult } from '../api/result.ts';
import type { Finding, WorkerAssessment } from '../api/worker-assessment.ts';
import { isOpen } from '../verdict/verdict.ts';
import {
  allFindings,
  findingText,
  isInFile,
  loudnessOf,
  pathOf,
  sourceLine,
  toJson,
  verdictLine,
  workerLine,
} from './common.ts';

const SEVERITIES = { error: 'ERROR', warning: 'WARNING', note: 'INFO' } as const;

const URL_OF_TOOL = 'https://www.npmjs.com/package/@rlm-bridge/assess';

/** Reviewdog's diagnostic format. A worker that does not pass is a diagnostic of its own. */
export function toRdjson(result: AssessmentResult): string {
  const diagnostics = [
    ...result.workers.filter(({ verdict }) => verdict !== 'pass').map(verdictDiagnostic),
    ...allFindings(result).map(({ worker, finding }) => diagnosticOf(worker, finding)),
  ];
  // Each diagnostic says which work it is of; where there is none, the source alone can.
  const judged = diagnostics.length > 0 ? [] : result.workers.map(sourceLine);
  return toJson({
    source: { name: [verdictLine(result), ...judged].join('; '), url: URL_OF_TOOL },
    severity: isOpen(result.verdict) ? 'INFO' : 'ERROR',
    diagnostics,
  });
}

function diagnosticOf(worker: WorkerAssessment, finding: Finding): object {
  const { rule, startLine, endLine, quote } = finding;
  // Columns count bytes of UTF-8 from 1; the end is the first one after.
  const column = Buffer.byteLength(quote.split('\n').at(-1) ?? '') + 1;
  const range = { start: { line: startLine, column: 1 }, end: { line: endLine, column } };
  return {
    message: findingText(finding, worker.samples),
    location: { path: pathOf(finding), ...(isInFile(finding) && { range }) },
    severity: SEVERITIES[loudnessOf(finding)],
    code: { value: rule },
    original_output: sourceLine(worker),
  };
}

function verdictDiagnostic(worker: WorkerAssessment): object {
  return {
    message: workerLine(worker),
    location: { path: 'evidence/verdict' },
    severity: isOpen(worker.verdict) ? 'INFO' : 'ERROR',
    code: { value: `rlm-verdict-${worker.verdict}` },
    original_output: sourceLine(worker),
  };
}
