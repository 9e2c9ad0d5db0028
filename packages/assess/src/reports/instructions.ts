import { counted, cut, printableLines } from '@rlm-bridge/text';
import { AssessError } from '../api/errors.ts';
import type { AssessmentResult } from '../api/result.ts';
import { severityRank } from '../api/terms.ts';
import type { Finding, WorkerAssessment } from '../api/worker-assessment.ts';
import { loudly, oneLine } from './common.ts';

/** Findings that are told in full; a prompt that lists more is not worked through. */
const MOST = 20;
const QUOTE_CHARS = 300;
const QUOTE_LINES = 4;
const ID_CHARS = 12;

/**
 * What a worker is to do next, as text for its prompt: what fails the gate, the worst first, then what is in doubt, then
 * criteria that are not met, then milder faults; each with its file, its lines and their words. What the baseline has, a
 * comment of the base suppresses, or the work has mended is no part of it.
 * @param workerId Which worker of the result it is for.
 * @throws {AssessError} `invalid_options` when the result has no such worker.
 * @example
 * ```ts
 * const result = await assessWorkers(['auth']);
 * if (result.verdict === 'fail') console.log(toInstructions(result, 'auth'));
 * ```
 */
export function toInstructions(result: AssessmentResult, workerId: string): string {
  const worker = result.workers.find((one) => one.workerId === workerId);
  if (worker === undefined) {
    const ids = result.workers.map((one) => one.workerId).join(', ');
    throw new AssessError('invalid_options', `The result has no worker "${workerId}". It has ${ids}.`);
  }
  const [failing, doubtful, milder] = sorted(worker.findings);
  const tasks = [
    ...section('Put these right; each of them fails the review', failing),
    ...section('Put these right, or show that they are none; while they are open the review cannot pass', doubtful),
    ...criteria(worker, [...failing, ...doubtful]),
    ...section('Also wrong, though the review does not fail by it', milder),
  ];
  return printableLines([...opening(worker), ...tasks, ...closing(worker, tasks.length > 0), ''].join('\n'));
}

/** What fails, what is in doubt, and what else is to be mended, each the worst first. */
function sorted(findings: readonly Finding[]): [failing: Finding[], doubtful: Finding[], milder: Finding[]] {
  const ranked = findings.toSorted((a, b) => severityRank(a.severity) - severityRank(b.severity));
  return [
    ranked.filter(({ gating }) => gating),
    ranked.filter(({ gating, doubt }) => !gating && doubt !== null),
    ranked.filter(({ gating, doubt, ...finding }) => !gating && doubt === null && isOwn(finding)),
  ];
}

/** Whether it is the work's to mend. */
function isOwn({ known, suppression, verified, change, origin }: Omit<Finding, 'gating' | 'doubt'>): boolean {
  const isTouched = change === 'added' || change === 'changed' || origin === 'introduced';
  return verified && !known && suppression === null && isTouched && origin !== 'mended';
}

function opening({ verdict, reason, provenance }: WorkerAssessment): string[] {
  const head = provenance?.head ?? null;
  const at = head === null ? '' : ` at commit ${head.slice(0, ID_CHARS)}`;
  return [`The review of your work${at} came to ${loudly(verdict)}: ${oneLine(reason)}.`];
}

function closing({ error }: WorkerAssessment, hasTasks: boolean): string[] {
  if (error !== undefined)
    return ['', `Not all of it could be judged, which is not yours to mend: ${oneLine(error.message)}`];
  return hasTasks
    ? ['', 'Lines are those of the files as they were reviewed. Change nothing else.']
    : ['', 'Nothing is to be put right.'];
}

function section(title: string, findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  const more = findings.length - MOST;
  const rest = more > 0 ? [`- and ${counted(more, 'more finding')} like these`] : [];
  return ['', `${title}:`, ...findings.slice(0, MOST).flatMap(task), ...rest];
}

function task({ severity, rule, message, file, startLine, endLine, quote, suggestion, doubt }: Finding): string[] {
  const lines = startLine === endLine ? `${startLine}` : `${startLine}-${endLine}`;
  const why = doubt === null ? '' : ` (in doubt: ${oneLine(doubt)})`;
  const quoted = quote.split('\n').slice(0, QUOTE_LINES);
  return [
    `- ${oneLine(file)}:${lines}, ${severity}, ${oneLine(rule)}: ${oneLine(message)}${why}`,
    ...quoted.map((line) => `    > ${cut(line.trimEnd(), QUOTE_CHARS)}`),
    ...(suggestion === undefined ? [] : [`    Suggestion: ${oneLine(suggestion)}`]),
  ];
}

/** Those that no finding above shows. */
function criteria({ rubric }: WorkerAssessment, told: readonly Finding[]): string[] {
  const unmet = rubric.filter(({ id, outcome }) => outcome === 'not_met' && !told.some(({ rule }) => rule === id));
  if (unmet.length === 0) return [];
  return [
    '',
    'Not met:',
    ...unmet.map(({ id, question, reason }) => `- ${oneLine(id)}: ${oneLine(question)} ${oneLine(reason)}`),
  ];
}
