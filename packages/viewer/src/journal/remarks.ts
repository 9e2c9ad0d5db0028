import type { RLMReplayDivergedEvent, RLMRunResumedEvent } from 'rlm-bridge';
import type { RLMJournalCutBlock } from 'rlm-bridge/journal';

const WHAT = { prompt: 'a prompt', tool: 'a tool', answer: 'an answer', child: 'a child', missing: 'nothing' } as const;

const SHOWN_CHARS = 200;

/** A resumed run that went another way, in words. */
export function remarkOfDivergence(event: RLMReplayDivergedEvent): string {
  const { node, iteration, codeBlock, what, recorded, now } = event;
  const where = `Iteration ${iteration} of ${node}, code block ${codeBlock}`;
  const was = recorded === null ? 'nothing' : quoted(recorded);
  const is = now === null ? 'nothing' : quoted(now);
  return `${where}: run again, it asked for ${WHAT[what]} otherwise than before. It was ${was}, and is ${is}.`;
}

/** A run that goes on, in words. */
export function remarkOfResumption({ life, recordedCalls }: RLMRunResumedEvent): string {
  const known = recordedCalls === 1 ? 'the reply of one call' : `the replies of ${recordedCalls} calls`;
  return `Life ${life}: another process goes on with the run. It has ${known} from the journal.`;
}

/** What a code block lost, in words; null: it lost nothing. */
export function remarkOfCut({ node, iteration, codeBlock, lostBefore, lostWithin }: RLMJournalCutBlock): string | null {
  if (!lostBefore && !lostWithin) return null;
  const when = lostBefore ? 'found the variables of the REPL gone' : 'lost the variables of the REPL';
  return `Iteration ${iteration} of ${node}: code block ${codeBlock} ${when}.`;
}

function quoted(text: string): string {
  return text.length <= SHOWN_CHARS ? `"${text}"` : `"${text.slice(0, SHOWN_CHARS)}…"`;
}
