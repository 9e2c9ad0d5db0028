import type { SuppressionState } from '../api/terms.ts';
import type { Suppression } from '../api/worker-assessment.ts';
import type { EvidenceDocument, EvidenceLine } from '../evidence/document.ts';
import type { Pace } from '../evidence/pace.ts';
import { isOneFamily } from './substance.ts';
import type { CheckedFinding } from './verify-findings.ts';

/** A comment in a file of the work, and the line that it is about. */
interface Comment {
  file: string;
  /** Numbers of the lines that it stands on and is about. */
  line: number;
  about: number;
  rules: readonly string[];
  reason: string;
  /** Whether it stands where the work started: nothing of its line is the work's. */
  isOfBase: boolean;
}

const COMMENT = /rlm-ignore[ \t]+([a-z0-9]+(?:-[a-z0-9]+)*(?:[ \t]*,[ \t]*[a-z0-9]+(?:-[a-z0-9]+)*)*)(.*)$/;
/** What may close the comment behind its reason. */
const REASON = /^[ \t]+--[ \t]+(.*?)[ \t]*(?:\*\/\}?|-->|%>)?[ \t]*$/;
/** Lines that a finding may lie beside what a comment is about: as far off as two findings are one. */
const NEAR = 3;

/** Whether any comment asks to let something be. */
export function hasSuppressions(documents: readonly EvidenceDocument[]): boolean {
  return documents.some((document) => commentsOf(document).length > 0);
}

/** A finding that a comment in its file is about has the comment's reason, and whose comment it is. */
export type Suppressible<F> = F & { suppression: { reason: string; state: SuppressionState } | null };

/**
 * Which findings comments ask to let be, and what came of each comment. `rlm-ignore RULE -- reason` is about its own line, or
 * about the next one when nothing else is on its line; rules of one family are one. A comment without a reason asks for nothing.
 */
export async function suppressionsOf<F extends CheckedFinding>(
  findings: readonly F[],
  documents: readonly EvidenceDocument[],
  pace: Pace,
): Promise<{ findings: Suppressible<F>[]; suppressions: Suppression[] }> {
  const comments = (await pace.map(documents, commentsOf)).flat();
  const used = new Map<Comment, SuppressionState>();
  const marked = findings.map((finding): Suppressible<F> => {
    const asking = comments.filter((comment) => isAbout(comment, finding));
    const comment = asking.find(({ isOfBase }) => isOfBase) ?? asking[0];
    if (comment === undefined) return { ...finding, suppression: null };
    const state = stateOf(comment, finding);
    for (const one of asking) used.set(one, one === comment ? state : stateOf(one, finding));
    return { ...finding, suppression: { reason: comment.reason, state } };
  });
  const suppressions = comments.map((comment): Suppression => {
    const { file, line, rules, reason } = comment;
    return {
      file,
      line,
      rules: [...rules],
      reason,
      state: reason === '' ? 'no_reason' : (used.get(comment) ?? 'unused'),
    };
  });
  return { findings: marked, suppressions };
}

/** A comment of the base lets be what stood there with it. What the work changed there since is in doubt. */
function stateOf({ isOfBase }: Comment, { change }: CheckedFinding): SuppressionState {
  if (!isOfBase) return 'new';
  return change === 'untouched' ? 'of_base' : 'of_base_on_changed_lines';
}

function isAbout({ file, about, rules, reason }: Comment, finding: CheckedFinding): boolean {
  const { startLine, endLine, verified, change } = finding;
  if (reason === '' || !verified || change === 'removed' || finding.file !== file) return false;
  const isThere = startLine <= about && endLine >= about && startLine >= about - NEAR && endLine <= about + NEAR;
  return isThere && rules.some((rule) => isOneFamily(rule, finding.rule));
}

function commentsOf({ name, kind, isWhole, lines }: EvidenceDocument): Comment[] {
  if (kind !== 'file') return [];
  const present = lines.filter(({ mark }) => mark !== '-');
  return present.flatMap(({ text, number, mark }, index) => {
    const [asked, rules = '', rest = ''] = COMMENT.exec(text) ?? [];
    if (asked === undefined || number === null) return [];
    const standsAlone = !/[\p{L}\p{N}]/u.test(text.slice(0, text.length - asked.length));
    return {
      file: name,
      line: number,
      about: standsAlone ? nextLine(present, index) : number,
      rules: rules.split(/[ \t]*,[ \t]*/),
      reason: REASON.exec(rest)?.[1] ?? '',
      isOfBase: mark === ' ' && isWhole !== true,
    };
  });
}

/** The next line that holds something else than such a comment; its own, where there is none. */
function nextLine(present: readonly EvidenceLine[], index: number): number {
  const next = present.slice(index + 1).find(({ text }) => text.trim() !== '' && !COMMENT.test(text));
  return next?.number ?? present[index]?.number ?? 1;
}
