import type { AssessmentResult } from '../api/result.ts';
import type { Finding, WorkerAssessment } from '../api/worker-assessment.ts';
import { isOpen } from '../verdict/verdict.ts';
import { findingText, isInFile, loudnessOf, oneLine, sourceLine, verdictLine, workerLine } from './common.ts';
import { allFindings } from './worst-first.ts';

const LEVELS = { error: 'error', warning: 'warning', note: 'notice' } as const;

/**
 * Workflow commands of GitHub Actions, one a line: the verdict with every worker that does not pass, what was judged, then the
 * findings, worst first. GitHub shows ten of a level, so that the verdicts of many workers are one and leave the rest to lines.
 */
export function toGitHubAnnotations(result: AssessmentResult): string {
  const level = isOpen(result.verdict) ? 'notice' : 'error';
  const workers = result.workers.filter(({ verdict }) => verdict !== 'pass');
  return [
    command(level, { title: 'rlm assess' }, [verdictLine(result), ...workers.map(workerLine)].join('\n')),
    command('notice', { title: 'rlm assess judged' }, result.workers.map(judgedLine).join('\n')),
    ...allFindings(result).map(({ worker, finding }) => annotation(worker, finding)),
    '',
  ].join('\n');
}

function judgedLine(worker: WorkerAssessment): string {
  return `${oneLine(worker.workerId)}: ${sourceLine(worker)}`;
}

function annotation({ samples }: WorkerAssessment, finding: Finding): string {
  const { file, startLine, endLine, severity, rule } = finding;
  const place = isInFile(finding) ? { file: oneLine(file), line: startLine, endLine } : {};
  const level = LEVELS[loudnessOf(finding)];
  return command(level, { ...place, title: `${severity} ${rule}` }, findingText(finding, samples));
}

function command(
  level: 'error' | 'warning' | 'notice',
  properties: Record<string, string | number>,
  text: string,
): string {
  const given = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  return `::${level} ${given.join(',')}::${escapeData(text)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
