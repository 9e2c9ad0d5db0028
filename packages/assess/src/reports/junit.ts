import type { AssessmentResult } from '../api/result.ts';
import { DIMENSIONS } from '../api/terms.ts';
import type { Finding, WorkerAssessment } from '../api/worker-assessment.ts';
import { findingText, oneLine, sourceLine, verdictLine, workerLine } from './common.ts';
import { toXml, type XmlElement } from './xml.ts';

/** What is in a case, nothing in one that passed. */
type Outcome = XmlElement[];

/**
 * JUnit XML: a suite for each worker, with a case for its verdict, one for each dimension and one for each finding. A
 * failure is what fails the gate, an error what could not be judged; skipped is what held nothing to judge. It holds no times: equal results are equal files.
 */
export function toJUnit(result: AssessmentResult): string {
  const suites = result.workers.map((worker) => ({ worker, cases: casesOf(worker) }));
  const { skipped: _, ...counts } = countsOf(suites.flatMap(({ cases }) => cases));
  return toXml({
    name: 'testsuites',
    // The root has no count of what was skipped in the schemas of those who read it; the suites have.
    attributes: { name: verdictLine(result), ...counts },
    content: suites.map(({ worker, cases }) => ({
      name: 'testsuite',
      attributes: { name: oneLine(worker.workerId), ...countsOf(cases) },
      content: [propertiesOf(worker), ...cases],
    })),
  });
}

function propertiesOf(worker: WorkerAssessment): XmlElement {
  const properties = { verdict: worker.verdict, judged: sourceLine(worker) };
  const content = Object.entries(properties).map(([name, value]) => ({
    name: 'property',
    attributes: { name, value },
  }));
  return { name: 'properties', content };
}

function casesOf(worker: WorkerAssessment): XmlElement[] {
  const { workerId, findings, samples } = worker;
  const named = (name: string, content: Outcome): XmlElement => {
    return { name: 'testcase', attributes: { classname: oneLine(workerId), name }, content };
  };
  return [
    named('verdict', verdictOf(worker)),
    ...DIMENSIONS.map((name) => named(name, scoreOf(worker, name))),
    ...findings.map((finding) => {
      const { rule, file, startLine } = finding;
      return named(`${rule} ${oneLine(file)}:${startLine}`, foundOf(finding, samples));
    }),
  ];
}

function verdictOf(worker: WorkerAssessment): Outcome {
  const text = workerLine(worker);
  if (worker.verdict === 'fail') return [failure(text, 'verdict')];
  if (worker.verdict === 'inconclusive') return [error(text, worker.error?.code ?? 'inconclusive')];
  return worker.verdict === 'nothing_to_judge' ? [SKIPPED, output(text)] : [];
}

function scoreOf(worker: WorkerAssessment, name: (typeof DIMENSIONS)[number]): Outcome {
  return worker[name] === null ? [SKIPPED] : [output(`${worker[name]}: ${oneLine(worker.scoreReasons[name])}`)];
}

function foundOf(finding: Finding, samples: number): Outcome {
  const { severity, gating, doubt } = finding;
  const text = `${severity}: ${findingText(finding, samples)}`;
  if (gating) return [failure(text, severity)];
  return [doubt === null ? output(text) : error(text, severity)];
}

const SKIPPED: XmlElement = { name: 'skipped' };
const failure = (message: string, type: string): XmlElement => ({ name: 'failure', attributes: { message, type } });
const error = (message: string, type: string): XmlElement => ({ name: 'error', attributes: { message, type } });
const output = (text: string): XmlElement => ({ name: 'system-out', content: text });

function countsOf(cases: readonly XmlElement[]) {
  const count = (outcome: string) =>
    cases.filter(({ content = [] }) => typeof content !== 'string' && content.some(({ name }) => name === outcome))
      .length;
  return { tests: cases.length, failures: count('failure'), errors: count('error'), skipped: count('skipped') };
}
