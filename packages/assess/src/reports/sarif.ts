import { counted } from '@rlm-bridge/text';
import { SarifBuilder, SarifResultBuilder, SarifRunBuilder } from 'node-sarif-builder';
import type { AssessmentResult } from '../api/result.ts';
import type { Finding, WorkerAssessment } from '../api/worker-assessment.ts';
import { VERSION } from '../version.ts';
import { findingText, loudnessOf, oneLine, pathOf, sourceLine, toJson, verdictLine, workerLine } from './common.ts';
import { rulesOf, sentence, URL_OF_TOOL } from './sarif-rules.ts';
import { worstFirst } from './worst-first.ts';

/** How many runs GitHub takes in a file, and how many results in a run: it refuses a file with more. */
export const SARIF_MAX_RUNS = 20;
const MAX_RESULTS = 25_000;
/**
 * SARIF 2.1.0, one run for each worker, as GitHub's code scanning takes it.
 * @example
 * ```ts
 * const result = await assessWorkers(['auth']);
 * console.log(toSarif(result));
 * ```
 */
export function toSarif(result: AssessmentResult): string {
  return documentOf(result, result.workers);
}

/**
 * The same in as many documents as GitHub's code scanning takes it: 20 workers in each. One document when there are no more,
 * or none. Each has the verdict on all.
 */
export function toSarifFiles(result: AssessmentResult): string[] {
  const { workers } = result;
  const count = Math.max(1, Math.ceil(workers.length / SARIF_MAX_RUNS));
  return Array.from({ length: count }, (_, at) =>
    documentOf(result, workers.slice(at * SARIF_MAX_RUNS, (at + 1) * SARIF_MAX_RUNS)),
  );
}

function documentOf(result: AssessmentResult, workers: readonly WorkerAssessment[]): string {
  const builder = new SarifBuilder({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    properties: { verdict: result.verdict, summary: verdictLine(result) },
  });
  for (const worker of workers) builder.addRun(runOf(worker));
  // Not its buildSarifJsonString: that throws on messages which hold one of its own words.
  return toJson(builder.buildSarifOutput());
}

function runOf(worker: WorkerAssessment): SarifRunBuilder {
  const { workerId, verdict, error, samples } = worker;
  const findings = worstFirst(worker.findings).slice(0, MAX_RESULTS);
  const builder = new SarifRunBuilder({
    automationDetails: { id: `rlm/${encodeURIComponent(workerId)}/` },
    columnKind: 'utf16CodeUnits',
    properties: {
      workerId,
      verdict,
      summary: workerLine(worker),
      judged: sourceLine(worker),
      provenance: worker.provenance,
    },
  });
  builder.initSimple({ toolDriverName: 'rlm-assess', toolDriverVersion: VERSION, url: URL_OF_TOOL });
  const { driver } = builder.run.tool;
  driver.semanticVersion = VERSION;
  const notifications = notificationsOf(worker);
  builder.run.invocations = [
    {
      executionSuccessful: error === undefined,
      ...(notifications.length > 0 && { toolExecutionNotifications: notifications }),
    },
  ];
  for (const rule of rulesOf(findings, worker.rubric)) builder.addRule(rule);
  for (const finding of findings) builder.addResult(resultOf(finding, samples));
  return builder;
}

/** What a reader must know of a run beside its results, lest it look like work without a fault. */
function notificationsOf({ error, nothingToJudge, findings }: WorkerAssessment) {
  const notification = (level: 'error' | 'note', id: string, text: string) => {
    return { level, descriptor: { id }, message: { text: oneLine(text) } };
  };
  const leftOut = findings.length - MAX_RESULTS;
  const tooMany = `${counted(leftOut, 'finding', 'findings')} left out, the mildest: no reader takes more than ${MAX_RESULTS} of a run.`;
  return [
    ...(error === undefined ? [] : [notification('error', error.code, error.message)]),
    ...(error !== undefined || nothingToJudge === null
      ? []
      : [notification('note', 'nothing_to_judge', nothingToJudge)]),
    ...(leftOut > 0 ? [notification('note', 'findings_left_out', tooMany)] : []),
  ];
}

function resultOf(finding: Finding, samples: number): SarifResultBuilder {
  const { id, rule, startLine, endLine, startColumn, endColumn, quote, known, severity, verified, agreement, gating } =
    finding;
  const { tolerated, change, origin, since, suppression, verification, doubt } = finding;
  const builder = new SarifResultBuilder();
  builder.initSimple({
    level: loudnessOf(finding),
    messageText: sentence(findingText(finding, samples)),
    ruleId: rule,
    fileUri: uriOf(pathOf(finding)),
    startLine,
    startColumn: startColumn ?? 1,
    endLine,
    endColumn: endColumn ?? (quote.split('\n').at(-1) ?? '').length + 1,
  });
  // GitHub's own primaryLocationLineHash is its uploader's to compute.
  builder.result.partialFingerprints = { 'rlmFinding/v1': id };
  builder.result.baselineState = known || since === 'still_there' ? 'unchanged' : 'new';
  if (suppression?.state === 'of_base') {
    builder.result.suppressions = [{ kind: 'inSource', justification: oneLine(suppression.reason) }];
  }
  const { model, outcome, reason } = verification ?? {};
  builder.result.properties = {
    ...{ severity, verified, tolerated, agreement, change, origin, since, gating, doubt },
    ...(verification !== null && { verification: { model, outcome, reason } }),
  };
  return builder;
}

/** A relative URI: only slashes keep their meaning. */
function uriOf(path: string): string {
  const bytes = path.replaceAll(/\\x([0-9A-F]{2})/g, '%$1').split('/');
  return bytes.map((part) => encodeURIComponent(part).replaceAll(/%25([0-9A-F]{2})/g, '%$1')).join('/');
}
