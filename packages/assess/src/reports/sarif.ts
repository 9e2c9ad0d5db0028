import { SarifBuilder, SarifResultBuilder, SarifRuleBuilder, SarifRunBuilder } from 'node-sarif-builder';
import type { AssessmentResult } from '../api/result.ts';
import type { Severity } from '../api/terms.ts';
import type { Finding, WorkerAssessment } from '../api/worker-assessment.ts';
import { VERSION } from '../version.ts';
import { findingText, loudnessOf, oneLine, pathOf, sourceLine, toJson, verdictLine, workerLine } from './common.ts';

const URL_OF_TOOL = 'https://www.npmjs.com/package/@rlm-bridge/assess';
/** GitHub's scale of 0 to 10. */
const SECURITY_SEVERITY: Record<Severity, string> = { critical: '9.5', high: '8.0', medium: '5.5', low: '3.0' };

/**
 * SARIF 2.1.0, one run for each worker, as GitHub's code scanning takes it.
 * @example
 * ```ts
 * const result = await assessWorkers(['auth']);
 * console.log(toSarif(result));
 * ```
 */
export function toSarif(result: AssessmentResult): string {
  const builder = new SarifBuilder({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    properties: { verdict: result.verdict, summary: verdictLine(result) },
  });
  for (const worker of result.workers) builder.addRun(runOf(worker));
  // Not its buildSarifJsonString: that throws on messages which hold one of its own words.
  return toJson(builder.buildSarifOutput());
}

function runOf(worker: WorkerAssessment): SarifRunBuilder {
  const { workerId, verdict, findings, error, samples } = worker;
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
  const notification = notificationOf(worker);
  builder.run.invocations = [
    {
      executionSuccessful: error === undefined,
      ...(notification !== null && { toolExecutionNotifications: [notification] }),
    },
  ];
  for (const rule of rulesOf(findings)) builder.addRule(rule);
  for (const finding of findings) builder.addResult(resultOf(finding, samples));
  return builder;
}

/** What a reader must know of a run without results, lest it look like work without a fault. */
function notificationOf({ error, nothingToJudge }: WorkerAssessment) {
  const notification = (level: 'error' | 'note', id: string, text: string) => {
    return { level, descriptor: { id }, message: { text: oneLine(text) } };
  };
  if (error !== undefined) return notification('error', error.code, error.message);
  return nothingToJudge === null ? null : notification('note', 'nothing_to_judge', nothingToJudge);
}

/** A rule for each name, described by its worst finding. */
function rulesOf(findings: readonly Finding[]): SarifRuleBuilder[] {
  const byRule = Map.groupBy(findings, ({ rule }) => rule);
  return [...byRule].map(([rule, [first, ...others]]) => {
    const worst = others.reduce((a, b) => (rank(b) > rank(a) ? b : a), first as Finding);
    const builder = new SarifRuleBuilder();
    const text = `${rule}: found by a language model that reviewed the change, in the category ${worst.category}.`;
    builder.initSimple({ ruleId: rule, shortDescriptionText: text, fullDescriptionText: text, helpUri: URL_OF_TOOL });
    const help = `${text} Read the quoted lines before you act on it: the quote is verified, the judgement is a model's.`;
    builder.rule.name = nameOf(rule);
    builder.rule.help = { text: help, markdown: help };
    builder.rule.properties = {
      precision: worst.verified ? 'medium' : 'low',
      'problem.severity': loudnessOf(worst) === 'error' ? 'error' : 'warning',
      ...(worst.category === 'security' && { 'security-severity': SECURITY_SEVERITY[worst.severity] }),
      tags: [worst.category],
    };
    return builder;
  });
}

function resultOf(finding: Finding, samples: number): SarifResultBuilder {
  const { id, rule, startLine, endLine, quote, known, severity, verified, agreement, gating } = finding;
  const { tolerated, change, origin, doubt } = finding;
  const builder = new SarifResultBuilder();
  builder.initSimple({
    level: loudnessOf(finding),
    messageText: sentence(findingText(finding, samples)),
    ruleId: rule,
    fileUri: uriOf(pathOf(finding)),
    startLine,
    startColumn: 1,
    endLine,
    endColumn: (quote.split('\n').at(-1)?.length ?? 0) + 1 || 1,
  });
  // GitHub's own primaryLocationLineHash is its uploader's to compute.
  builder.result.partialFingerprints = { 'rlmFinding/v1': id };
  builder.result.baselineState = known ? 'unchanged' : 'new';
  builder.result.properties = { severity, verified, tolerated, agreement, change, origin, gating, doubt };
  return builder;
}

function rank({ severity }: Finding): number {
  return Number(SECURITY_SEVERITY[severity]);
}

/** A relative URI: only slashes keep their meaning. */
function uriOf(path: string): string {
  const bytes = path.replaceAll(/\\x([0-9A-F]{2})/g, '%$1').split('/');
  return bytes.map((part) => encodeURIComponent(part).replaceAll(/%25([0-9A-F]{2})/g, '%$1')).join('/');
}

function nameOf(rule: string): string {
  return rule.replaceAll(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
