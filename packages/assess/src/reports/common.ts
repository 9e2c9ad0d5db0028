import { printableJSON, visible } from '@rlm-bridge/text';
import type { AssessmentResult } from '../api/result.ts';
import type { Verdict } from '../api/terms.ts';
import type { Verification } from '../api/verification.ts';
import type { Finding, Suppression, WorkerAssessment } from '../api/worker-assessment.ts';
import { isLetThrough } from '../verdict/verdict.ts';
import { provenanceText } from './provenance-text.ts';

// What every report shows in the same words.

/** The verdict in one line: the first that any report prints. */
export function verdictLine(result: Pick<AssessmentResult, 'verdict' | 'reason' | 'gate' | 'workers'>): string {
  const open = isLetThrough(result) ? ' (let through: onError is "pass")' : '';
  return `rlm assess: ${loudly(result.verdict)}${open}: ${oneLine(result.reason)}`;
}

/** A worker's verdict in one line. */
export function workerLine({ workerId, verdict, reason }: WorkerAssessment): string {
  return `${oneLine(workerId)}: ${loudly(verdict)}: ${oneLine(reason)}`;
}

/** A verdict in words: `NOTHING TO JUDGE`. */
export function loudly(verdict: Verdict): string {
  return verdict.replaceAll('_', ' ').toUpperCase();
}

/** Which work it was. */
export function sourceLine({ provenance }: Pick<WorkerAssessment, 'provenance'>): string {
  return `judged: ${oneLine(provenanceText(provenance))}`;
}

/** A finding's message with what a reader must know of it. */
export function findingText(finding: Finding, samples: number): string {
  const { message, verified, tolerated, agreement, known, since, change, origin, suppression, doubt, suggestion } =
    finding;
  const { verification } = finding;
  const notes = [
    ...(doubt === null ? [] : [`in doubt: ${oneLine(doubt)}`]),
    ...(verified ? [] : ['unverified: the quote is not in the file']),
    ...(tolerated.length > 0 ? [`quoted with ${tolerated.join(', ')}`] : []),
    ...(change === 'removed' || (verified && change === 'untouched')
      ? [`${change} line, ${origin ?? 'origin unknown'}`]
      : []),
    ...(samples > 1 ? [`found in ${agreement} of ${samples} samples`] : []),
    ...(verification === null ? [] : [lookText(verification)]),
    ...(suppression === null ? [] : [suppressionNote(suppression)]),
    ...(known ? ['in the baseline'] : []),
    ...(since === null ? [] : [since === 'new' ? 'new since the assessment before' : 'still there']),
  ];
  const noted = notes.length > 0 ? ` (${notes.join('; ')})` : '';
  const advice = suggestion === undefined ? '' : ` Suggestion: ${oneLine(suggestion)}`;
  return `${oneLine(message)}${noted}${advice}${referenceText(finding)}`;
}

/** Where else in the repository it shows. */
function referenceText({ reference = [] }: Finding): string {
  const places = reference.map(
    ({ file, line, verified }) => `${oneLine(file)}:${line}${verified ? '' : ' (the quote is not there)'}`,
  );
  return places.length === 0 ? '' : ` See also ${places.join(', ')}.`;
}

const LOOKS = { confirmed: 'confirms it', refuted: 'refutes it', cannot_say: 'cannot say', failed: 'failed' } as const;

/** What a second look came to. */
function lookText({ model, outcome, reason }: Verification): string {
  return `a second look by ${oneLine(model)} ${LOOKS[outcome]}: ${oneLine(reason)}`;
}

const SUPPRESSED = {
  of_base: 'let be by a comment',
  of_base_on_changed_lines: 'a comment lets it be, on lines that the work changed',
  new: 'a comment that the work brings asks to let it be',
  unused: '',
  no_reason: '',
} as const;

function suppressionNote({ state, reason }: NonNullable<Finding['suppression']>): string {
  return `${SUPPRESSED[state]}: ${oneLine(reason)}`;
}

/** A comment that asks to let findings be and has none, in one line; null: it has. */
export function unusedText({ file, line, rules, state }: Suppression): string | null {
  if (state !== 'unused' && state !== 'no_reason') return null;
  const why = state === 'unused' ? 'no finding is there' : 'it gives no reason, behind " -- "';
  return `not used: rlm-ignore ${rules.join(', ')} in ${oneLine(file)}:${line} (${why})`;
}

/** How loud a finding is: what fails the gate, what could or is in doubt, and the rest. */
export function loudnessOf({ gating, doubt, verified, severity }: Finding): 'error' | 'warning' | 'note' {
  if (gating) return 'error';
  return doubt !== null || (verified && severity !== 'low') ? 'warning' : 'note';
}

/** Whether a finding is in a file of the work, and not in its commits, criteria or logs. */
export function isInFile({ file }: Finding): boolean {
  return !file.startsWith('evidence:');
}

/** A path for formats that need one; findings outside of files get a name under `evidence/`, which no file has. */
export function pathOf(finding: Finding): string {
  return isInFile(finding) ? finding.file.replace(/^(?:\.\/)+/, '') : finding.file.replace('evidence:', 'evidence/');
}

/** Text as one line of printable characters: it comes from models and from the work under review. */
export function oneLine(text: string): string {
  return visible(text.replaceAll(/\s+/g, ' ').trim());
}

/** JSON with its keys as they were written, and a line's end. */
export function toJson(value: unknown): string {
  return `${printableJSON(value, 2)}\n`;
}

/** Money in words: `$0.0123`. */
export function costText(costUsd: number | null): string {
  return costUsd === null ? 'cost unknown' : `$${costUsd.toFixed(4)}`;
}
