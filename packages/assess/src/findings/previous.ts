import type { GoneState, Since } from '../api/terms.ts';
import type { Finding, GoneFinding, Provenance, Rename, WorkerAssessment } from '../api/worker-assessment.ts';
import type { Evidence } from '../evidence/document.ts';
import { presentLines } from './line-hashes.ts';
import { type Recognizable, recognize } from './same-findings.ts';

/** What a worker is held against: what the assessment before says of it. */
export type Before = Pick<WorkerAssessment, 'findings' | 'provenance'>;

/** This assessment of the worker, as far as it matters. `evidence`: null, nothing of it could be read. */
export interface Now<F extends Recognizable> {
  findings: readonly F[];
  evidence: Evidence | null;
  renames: readonly Rename[];
  /** Documents that not every sample has read. */
  unread: readonly string[];
  /** Whether all samples are there. */
  isJudged: boolean;
}

/**
 * Findings of now as they stand against those of the assessment before, and what became of the others. It decides nothing:
 * a verdict is reached as if there had been none before.
 */
export function sinceBefore<F extends Recognizable>(
  before: Before | null,
  now: Now<F>,
): { findings: (F & { since: Since | null })[]; gone: GoneFinding[] } {
  if (before === null) return { findings: now.findings.map((finding) => ({ ...finding, since: null })), gone: [] };
  const same = recognize(before.findings, now.findings, now.renames, 'a line or its place');
  const found = new Set(same.values());
  return {
    findings: now.findings.map((finding) => ({ ...finding, since: same.has(finding) ? 'still_there' : 'new' })),
    gone: before.findings.filter((finding) => !found.has(finding)).map((finding) => goneOf(finding, before, now)),
  };
}

function goneOf(finding: Finding, { provenance }: Before, now: Now<Recognizable>): GoneFinding {
  const { id, severity, rule, message, file, startLine, endLine } = finding;
  return { id, severity, rule, message, file, startLine, endLine, state: stateOf(finding, provenance, now) };
}

/** In doubt it is not fixed. */
function stateOf(finding: Finding, provenance: Provenance | null, now: Now<Recognizable>): GoneState {
  const { evidence, renames, unread, isJudged } = now;
  if (!isJudged || evidence === null) return 'not_judged';
  const names = [finding.file, ...renames.filter(({ from }) => from === finding.file).map(({ to }) => to)];
  const document = evidence.documents.find(({ name }) => names.includes(name));
  if (document === undefined) return isTakenBack(finding, provenance, evidence) ? 'fixed' : 'not_judged';
  if (unread.includes(document.name) || document.isPartial === true) return 'not_judged';
  const present = presentLines(document);
  const standing = finding.lines.filter((line) => present.has(line)).length;
  // A line that was removed, a check for example, is put back.
  const isOther = finding.change === 'removed' ? standing === finding.lines.length : standing < finding.lines.length;
  return finding.verified && isOther ? 'fixed' : 'not_found_again';
}

/** The work started from where it started, and the file is no part of it any more. */
function isTakenBack({ file, change }: Finding, before: Provenance | null, { provenance, omitted }: Evidence): boolean {
  const isSameBase = before !== null && before.base !== null && before.base === provenance.base;
  const wasDone = change === 'added' || change === 'changed';
  return isSameBase && wasDone && !file.startsWith('evidence:') && !omitted.some((one) => one.file === file);
}
