import type { Criterion } from '../api/options.ts';
import type { Evidence } from '../evidence/document.ts';
import { Pace } from '../evidence/pace.ts';
import type { JudgeFinding } from '../findings/judge-finding.ts';
import { type CheckedFinding, verifyFindings } from '../findings/verify-findings.ts';
import type { JudgeAnswer } from './answer.ts';

/**
 * Hands an answer back whose claims do not hold: a criterion that is not met without a finding, always; a quote that is
 * not in the evidence, or a line of which nobody can tell whether it is the fault or kept it away, once. After that they
 * stay as they are, and are in doubt. `wasAskedAgain`: that once was in an earlier life of the run. `shown`: what was found
 * of the work before, and need not be found again.
 */
export function answerCheck(
  { documents }: Pick<Evidence, 'documents'>,
  criteria: readonly Criterion[],
  wasAskedAgain = false,
  shown: readonly JudgeFinding[] = [],
): (answer: JudgeAnswer) => Promise<string | undefined> {
  let asked = wasAskedAgain;
  return async ({ findings, criteria: outcomes }) => {
    const isShown = (id: string) => [...findings, ...shown].some(({ rule }) => rule === id);
    const problems = criteria
      .filter(({ id }) => outcomes[id]?.outcome === 'not_met' && !isShown(id))
      .map(({ id }) => `criteria.${id} is not_met, and no finding has the rule "${id}" to show it.`);
    if (!asked) {
      const checked = await verifyFindings(findings, documents, new Pace());
      problems.push(...checked.flatMap(problemOf));
      asked = problems.length > 0;
    }
    return problems.length > 0 ? problems.join('\n') : undefined;
  };
}

/** Whether an answer was handed back, in these words, for what is asked once only. */
export function asksAgain(message: string): boolean {
  return /^(?:The quote of findings\[\d+\] is not in|findings\[\d+\] quotes a line that was removed)/m.test(message);
}

function problemOf({ verified, file, change, origin }: CheckedFinding, index: number): string[] {
  if (!verified) {
    const quote = `The quote of findings[${index}] is not in the document ${JSON.stringify(file)}.`;
    return [`${quote} Copy it verbatim, or drop the finding.`];
  }
  if (change !== 'removed' || origin !== null) return [];
  const line = `findings[${index}] quotes a line that was removed.`;
  return [`${line} Say as its origin whether its removal is the fault (introduced) or the line was (mended).`];
}
