import type { Finding, WorkerAssessment } from '@rlm-bridge/assess';

/** What a worker is to mend, as plain text to be given to it: each finding with its place, what is wrong, and what would mend it. */
export function instructionsFor({ workerId }: WorkerAssessment, findings: readonly Finding[]): string {
  if (findings.length === 0) return `Nothing was found in the work of ${workerId}.\n`;
  return [`Mend the following in the work of ${workerId}:`, ...findings.map(instructionOf)].join('\n\n').concat('\n');
}

function instructionOf(finding: Finding, place: number): string {
  const { file, startLine, endLine, severity, rule, message, quote, suggestion } = finding;
  const lines = startLine === endLine ? String(startLine) : `${startLine}-${endLine}`;
  return [
    `${place + 1}. ${file}:${lines} (${severity}, ${rule})`,
    indented(message),
    ...quote.split('\n').map((line) => `   > ${line}`),
    ...(suggestion ? [indented(`Suggestion: ${suggestion}`)] : []),
  ].join('\n');
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `   ${line}`)
    .join('\n');
}
