import { counted, printableLines } from '@rlm-bridge/text';
import type { AssessmentResult } from '../api/result.ts';
import { DIMENSIONS } from '../api/terms.ts';
import type { Finding, WorkerAssessment } from '../api/worker-assessment.ts';
import { costText, findingText, loudly, oneLine, sourceLine, unusedText, verdictLine } from './common.ts';
import { goneText, sinceLine } from './since-text.ts';
import { worstFirst } from './worst-first.ts';

/** The result as text for people, without colors; the first line is the verdict. */
export function formatAssessmentResult(result: AssessmentResult): string {
  const { aggregateFindings, workers } = result;
  const { commonPatterns, recommendations } = aggregateFindings;
  const lines = [
    verdictLine(result),
    ...workers.map(formatWorker),
    ...section('Common patterns', commonPatterns),
    ...section('Recommendations', recommendations),
    formatMetrics(result),
    '',
  ];
  return printableLines(lines.join('\n'));
}

function formatWorker(worker: WorkerAssessment): string {
  const { workerId, verdict, reason, overallScore, findings, summary, evidence, samples } = worker;
  const { files, chars, coverage, omitted, unread } = evidence;
  const read = coverage === null ? 'not read' : `${(coverage * 100).toFixed(1)} % read`;
  return [
    '',
    `${oneLine(workerId)}: ${loudly(verdict)}, score ${overallScore ?? 'none'} (${oneLine(reason)})`,
    ...DIMENSIONS.map((name) => `  ${name}: ${worker[name] ?? 'none'}. ${oneLine(worker.scoreReasons[name])}`),
    ...worker.rubric.map(({ id, outcome, reason: why }) => `  ${id}: ${outcome}. ${oneLine(why)}`),
    ...worstFirst(findings).flatMap((finding) => formatFinding(finding, samples)),
    ...worker.suppressions.flatMap((one) => unusedText(one) ?? []).map((line) => `  ${line}`),
    ...[sinceLine(worker) ?? []].flat().map((line) => `  ${line}`),
    ...worker.gone.map((gone) => `  ${goneText(gone)}`),
    ...omitted.map(({ file, detail }) => `  not shown to the judge: ${oneLine(file)} (${oneLine(detail)})`),
    ...unread.map((name) => `  not read to the end: ${oneLine(name)}`),
    ...(summary === '' ? [] : [`  ${oneLine(summary)}`]),
    `  ${sourceLine(worker)}`,
    `  evidence: ${counted(files, 'file')}, ${counted(chars, 'character')}, ${read}`,
  ].join('\n');
}

function formatFinding(finding: Finding, samples: number): string[] {
  const { severity, rule, file, startLine, gating, doubt } = finding;
  const mark = gating ? '!' : doubt !== null ? '?' : '-';
  return [`  ${mark} ${severity} ${oneLine(rule)} ${oneLine(file)}:${startLine}: ${findingText(finding, samples)}`];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${oneLine(line)}`)];
}

function formatMetrics({ rlmMetrics, workers }: AssessmentResult): string {
  const { iterations, subCalls, costUsd, durationMs, environments, cachedWorkers, readings, earlier } = rlmMetrics;
  const cached = cachedWorkers > 0 ? `, ${cachedWorkers} of ${counted(workers.length, 'worker')} from the cache` : '';
  const read =
    readings.kept + readings.made > 0 ? `, ${counted(readings.made, 'reading')} made and ${readings.kept} kept` : '';
  const before =
    earlier.runs > 0 ? `, of it ${counted(earlier.runs, 'run')} and ${costText(earlier.costUsd)} before` : '';
  const where = environments.length > 0 ? `, model code in ${environments.join(' and ')}` : '';
  return `\n${counted(iterations, 'iteration')}, ${counted(subCalls, 'sub-call')}, ${costText(costUsd)}, ${(durationMs / 1000).toFixed(1)} s${where}${cached}${read}${before}`;
}
