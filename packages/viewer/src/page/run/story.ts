import type { RunHead, RunView } from '../../model/run-view.ts';
import { CALL_STATES, callStateOf, isOfRoot } from '../calls/call-state.ts';
import { knownUsdOf } from '../calls/call-words.ts';
import { counted, formatChars, formatDuration, formatFraction, formatUsd } from '../words/numbers.ts';

/** What a run did, cost and did not read, as sentences for somebody who has never seen one. */
export function storyOf(view: RunView): string[] {
  return [
    contextOf(view),
    workOf(view),
    callsOf(view),
    readingOf(view),
    moneyOf(view),
    livesOf(view.head),
    endOf(view),
  ].filter((sentence) => sentence !== null);
}

function contextOf({ head }: RunView): string | null {
  const { coverage, strategy } = head;
  if (!coverage) return null;
  const what = `The context is ${counted(coverage.documents.length, 'document')} of ${formatChars(coverage.chars)} in all.`;
  return strategy?.name === 'direct' ? `${what} It fitted into one prompt, and was given as a whole.` : what;
}

function workOf({ head, iterations, codeBlocks, nodes }: RunView): string | null {
  const own = iterations.filter(({ node }) => node === '0').length;
  if (own === 0) return null;
  const failed = codeBlocks.filter(({ status }) => status !== 'ok' && status !== null).length;
  const children = nodes.length - 1;
  return [
    `${head.rootModel || 'The root model'} wrote Python over it in ${counted(own, 'iteration')}: ${counted(codeBlocks.length, 'code block')}`,
    failed > 0 ? `, of which ${failed} failed` : '',
    children > 0 ? `; its code began ${counted(children, 'RLM')} below` : '',
    '.',
  ].join('');
}

function callsOf({ head, calls }: RunView): string | null {
  const sub = calls.filter((call) => !isOfRoot(call));
  if (sub.length === 0) return calls.length > 0 ? 'Its code asked no other model.' : null;
  const odd = Map.groupBy(sub, callStateOf);
  const words = [...odd]
    .filter(([state]) => state !== 'succeeded')
    .map(([state, those]) => `${those.length} ${CALL_STATES[state].word}`);
  const models = [...new Set(sub.map(({ model }) => model))].join(', ');
  return `Its code asked ${models || head.subModel} ${counted(sub.length, 'time')}${words.length > 0 ? ` (${words.join(', ')})` : ''}.`;
}

function readingOf({ head }: RunView): string | null {
  const { coverage } = head;
  if (!coverage) return null;
  if (coverage.fraction === null) return 'What of the context was read is not known.';
  if (coverage.fraction === 0) return 'Nothing of the context stood in a prompt that a model answered.';
  if (coverage.fraction === 1) return 'All of the context stood in a prompt that a model answered.';
  const untouched = coverage.documents.filter(({ fraction }) => fraction === 0).length;
  const missing = formatFraction(1 - coverage.fraction);
  const all = coverage.documents.length;
  const tail =
    untouched > 0 && all > 1
      ? `: nothing of ${untouched === all ? 'any document' : counted(untouched, 'document')}`
      : '';
  return `${missing} of the context was in no prompt that a model answered${tail}.`;
}

function moneyOf({ head, calls }: RunView): string | null {
  const { spent, limits } = head;
  if (spent.calls === 0) return null;
  const cap = limits.budgetUsd === null ? '' : ` of the ${formatUsd(limits.budgetUsd)} that it might spend`;
  if (spent.costUsd === null) {
    const known = knownUsdOf(calls);
    const least = known > 0 ? ` It was at least ${formatUsd(known)}${cap}.` : '';
    if (head.origin === 'official-log')
      return `What it cost is not known: its log does not tell that of its root.${least}`;
    return `What it cost is not known: the price of a call is not, or a call was cut off and may have been billed.${least}`;
  }
  return `It cost ${formatUsd(spent.costUsd)}${cap}.`;
}

function livesOf({ lives }: RunHead): string | null {
  if (lives.length < 2) return null;
  const replayed = lives.reduce((sum, life) => sum + life.replayedCalls, 0);
  return `It was resumed ${counted(lives.length - 1, 'time')}; ${counted(replayed, 'reply', 'replies')} had been kept, and not asked again.`;
}

function endOf({ head, refusals }: RunView): string | null {
  const refused =
    refusals.length > 0
      ? ` ${counted(refusals.length, 'answer')} of it ${refusals.length === 1 ? 'was' : 'were'} refused.`
      : '';
  const took = head.durationMs === null ? '' : ` after ${formatDuration(head.durationMs)}`;
  switch (head.status) {
    case 'running':
      return 'It works on it now.';
    case 'answered':
      return `It ended with an answer${took}.${refused}`;
    case 'stopped':
      return head.origin === 'official-log'
        ? 'Its log ends without an answer.'
        : 'Its process was killed; what it had is kept, and it can go on.';
    case 'aborted':
      return `Its caller ended it${took}.${refused}`;
    case 'failed':
      return `It ended without an answer${took}: ${WHY[head.end?.stopReason ?? ''] ?? (head.end?.stopReason ?? '').replaceAll('_', ' ')}.${refused}`;
  }
}

const WHY: Record<string, string> = {
  max_iterations: 'it had used all of its iterations',
  budget: 'the next call could have cost more than was left',
  duration: 'its time was over',
  tokens: 'it had used all of its tokens',
  errors: 'too many code blocks in a row had failed',
  provider_error: 'the provider of the model failed',
  environment_error: 'the place where its code runs failed',
  invalid_answer: 'no answer was of the shape that was asked for',
  insufficient_coverage: 'it had not read enough of the context',
  worker_exit: 'its worker died',
};
