import type { AssessmentResult } from '../api/result.ts';
import { DIMENSIONS } from '../api/terms.ts';
import type { Finding, WorkerAssessment } from '../api/worker-assessment.ts';
import { findingText, oneLine, sourceLine, unusedText, verdictLine } from './common.ts';
import { goneText, sinceLine } from './since-text.ts';
import { trendLine } from './trend.ts';
import { allFindings } from './worst-first.ts';

/**
 * Markdown, for a job summary or a comment: the worst findings of all workers come first, so that a summary cut short has them. What models and workers wrote is escaped: it cannot link, mention or draw.
 * @param lastOfBase The last result of the branch that the work is to go into: a line says how this one stands against it.
 */
export function toMarkdown(result: AssessmentResult, lastOfBase?: AssessmentResult): string {
  const { workers, aggregateFindings } = result;
  return [
    `## ${escapeMarkdown(verdictLine(result))}`,
    '',
    ...(lastOfBase === undefined ? [] : [escapeMarkdown(trendLine(lastOfBase, result)), '']),
    row(['worker', 'verdict', 'score', ...DIMENSIONS, 'findings', 'read']),
    row(Array.from({ length: 5 + DIMENSIONS.length }, () => '---')),
    ...workers.map(workerRow),
    ...findingList(result),
    ...workers.flatMap(details),
    ...list('Common patterns', aggregateFindings.commonPatterns),
    ...list('Recommendations', aggregateFindings.recommendations),
    '',
  ].join('\n');
}

function workerRow(worker: WorkerAssessment): string {
  const { workerId, verdict, overallScore, findings, evidence } = worker;
  const read = evidence.coverage === null ? '–' : `${(evidence.coverage * 100).toFixed(1)} %`;
  const scores = [overallScore, ...DIMENSIONS.map((name) => worker[name])].map((score) => String(score ?? '–'));
  return row([
    escapeMarkdown(workerId),
    `**${verdict.replaceAll('_', ' ')}**`,
    ...scores,
    String(findings.length),
    read,
  ]);
}

function details(worker: WorkerAssessment): string[] {
  const { workerId, reason, rubric, summary, evidence } = worker;
  return [
    '',
    `### ${escapeMarkdown(workerId)}`,
    '',
    escapeMarkdown(reason),
    '',
    escapeMarkdown(sourceLine(worker)),
    ...(summary === '' ? [] : ['', escapeMarkdown(summary)]),
    '',
    ...worker.suppressions.flatMap((one) => unusedText(one) ?? []).map((line) => `- ${escapeMarkdown(line)}`),
    ...[sinceLine(worker) ?? []].flat().map((line) => `- ${escapeMarkdown(line)}`),
    ...worker.gone.map((gone) => `- ${escapeMarkdown(goneText(gone))}`),
    ...rubric.map(({ id, outcome, reason: why }) => `- ${escapeMarkdown(id)}: ${outcome}. ${escapeMarkdown(why)}`),
    ...evidence.omitted.map(
      ({ file, detail }) => `- not shown to the judge: ${code(file)} (${escapeMarkdown(detail)})`,
    ),
    ...evidence.unread.map((name) => `- not read to the end: ${code(name)}`),
  ];
}

function findingList(result: AssessmentResult): string[] {
  const several = result.workers.length > 1;
  const found = allFindings(result);
  if (found.length === 0) return [];
  return ['', '### Findings', '', ...found.map(({ worker, finding }) => findingItem(finding, worker, several))];
}

function findingItem(finding: Finding, { workerId, samples }: WorkerAssessment, several: boolean): string {
  const { severity, rule, file, startLine, endLine, gating, quote } = finding;
  const lines = startLine === endLine ? `${startLine}` : `${startLine}–${endLine}`;
  const head = `${gating ? '**' : ''}${severity} ${escapeMarkdown(rule)}${gating ? '**' : ''}`;
  const whose = several ? ` of ${escapeMarkdown(workerId)}` : '';
  return `- ${head}${whose} in ${code(`${file}:${lines}`)}: ${escapeMarkdown(findingText(finding, samples))} ${code(quote)}`;
}

function list(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `### ${title}`, '', ...lines.map((line) => `- ${escapeMarkdown(line)}`)];
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

const SIGNS = /[&<>@\\`*_{}[\]()#|~$]/g;
/** What makes a link, a list, a rule or a quick action of text without any of these signs. */
const LINKS = /:(?=\/\/)|(?<=www)\.|^[-+=/:]|(?<=^\d+)[.)]/gi;
/** A forge looks for people and issues in what was rendered, where no entity is left; a zero-width space parts them. */
const REFERENCES = /&#(?:64|35);/g;

/** Markdown that shows a text as it is, on one line, wherever it stands. */
export function escapeMarkdown(text: string): string {
  const entity = (sign: string) => `&#${sign.charCodeAt(0)};`;
  return oneLine(text).replaceAll(SIGNS, entity).replaceAll(LINKS, entity).replaceAll(REFERENCES, '$&&#8203;');
}

/** As code on one line; the fence is longer than any in the text. */
function code(text: string): string {
  const shown = oneLine(text).replaceAll('|', '¦');
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return `${fence} ${shown} ${fence}`;
}
