import exported, { type Builder, type TestSuite } from 'junit-report-builder';
import type { AssessmentResult } from '../api/result.ts';
import { DIMENSIONS } from '../api/terms.ts';
import type { WorkerAssessment } from '../api/worker-assessment.ts';
import { findingText, oneLine, sourceLine, verdictLine, workerLine } from './common.ts';

// What Node imports is the builder itself; the package's types are written for CommonJS.
const reports = exported as unknown as Builder;

/**
 * JUnit XML: a suite for each worker, with a case for its verdict, one for each dimension and one for each finding. A
 * failure is what fails the gate, an error what could not be judged; skipped is what held nothing to judge. It holds no times: equal results are equal files.
 */
export function toJUnit(result: AssessmentResult): string {
  const builder = reports.newBuilder().name(verdictLine(result));
  for (const worker of result.workers) addSuite(builder.testSuite().name(oneLine(worker.workerId)), worker);
  // The root has no such attribute in the schemas of those who read it; the suites have.
  return `${builder.build().trimEnd()}\n`.replace(/(<testsuites [^>]*) skipped="\d+"/, '$1');
}

function addSuite(suite: TestSuite, worker: WorkerAssessment): void {
  const { workerId, verdict, findings, error, samples } = worker;
  const className = oneLine(workerId);
  suite.property('verdict', verdict);
  suite.property('judged', sourceLine(worker));
  const verdictCase = suite.testCase().className(className).name('verdict');
  if (verdict === 'fail') verdictCase.failure(workerLine(worker), 'verdict');
  if (verdict === 'inconclusive') verdictCase.error(workerLine(worker), error?.code ?? 'inconclusive');
  if (verdict === 'nothing_to_judge') verdictCase.standardOutput(cdata(workerLine(worker))).skipped();
  for (const name of DIMENSIONS) {
    const scored = suite.testCase().className(className).name(name);
    const text = `${worker[name] ?? 'none'}: ${oneLine(worker.scoreReasons[name])}`;
    if (worker[name] === null) scored.skipped();
    else scored.standardOutput(cdata(text));
  }
  for (const finding of findings) {
    const { rule, file, startLine, severity, gating, doubt } = finding;
    const found = suite
      .testCase()
      .className(className)
      .name(`${rule} ${oneLine(file)}:${startLine}`);
    const text = `${severity}: ${findingText(finding, samples)}`;
    if (gating) found.failure(text, severity);
    else if (doubt !== null) found.error(text, severity);
    else found.standardOutput(cdata(text));
  }
}

/** The builder leaves the end of a CDATA section in the text as it is. */
function cdata(text: string): string {
  return text.replaceAll(']]>', ']] >');
}
