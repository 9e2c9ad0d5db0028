import type { CallRole, CallView } from '../../model/call-view.ts';
import type { IconName } from '../parts/icons.ts';
import type { Tone } from '../parts/tone.ts';

/** How a call stands, or what became of its reply. */
export type CallState =
  | 'succeeded'
  | 'pending'
  | 'replayed'
  | 'left'
  | 'cut'
  | 'refused'
  | 'empty'
  | 'broken'
  | 'unsupported'
  | 'failed'
  | 'abandoned';

/** The picture, the color and the meaning of each; worst last. */
export const CALL_STATES: Record<CallState, { icon: IconName; tone: Tone; word: string; meaning: string }> = {
  succeeded: { icon: 'answered', tone: 'good', word: 'answered', meaning: 'The reply ended by itself.' },
  pending: { icon: 'running', tone: 'live', word: 'under way', meaning: 'Its reply has not come yet.' },
  replayed: {
    icon: 'replayed',
    tone: 'dim',
    word: 'replayed',
    meaning: 'It was taken over from the run that this one was forked from: it is not asked again, nor paid.',
  },
  left: {
    icon: 'abandoned',
    tone: 'dim',
    word: 'left behind',
    meaning: 'When the run was resumed it went another way, without it. It is paid all the same.',
  },
  cut: {
    icon: 'cut',
    tone: 'warn',
    word: 'cut',
    meaning: 'The reply was cut at the limit of its tokens: what it had in its prompt counts as unread.',
  },
  refused: {
    icon: 'refused',
    tone: 'warn',
    word: 'refused',
    meaning: 'The model, or its provider, refused to answer.',
  },
  empty: { icon: 'empty', tone: 'warn', word: 'empty', meaning: 'The reply has no text.' },
  broken: {
    icon: 'warning',
    tone: 'warn',
    word: 'broken',
    meaning: 'The reply did not end as its provider says that replies do.',
  },
  unsupported: {
    icon: 'warning',
    tone: 'warn',
    word: 'unsupported',
    meaning: 'The reply has something that is not text.',
  },
  failed: { icon: 'failed', tone: 'bad', word: 'failed', meaning: 'There is no reply: the call failed.' },
  abandoned: {
    icon: 'abandoned',
    tone: 'bad',
    word: 'abandoned',
    meaning: 'Nobody waited for the reply any more: the run was ended. It may have been billed.',
  },
};

export const CALL_STATE_NAMES = Object.keys(CALL_STATES) as CallState[];

export function callStateOf({ outcome, finishReason, isLeftBehind }: CallView): CallState {
  if (isLeftBehind) return 'left';
  if (outcome === 'pending' || outcome === 'abandoned') return outcome;
  const ended = finishReason === 'length' ? 'cut' : CALL_STATE_NAMES.find((state) => state === finishReason);
  if (ended) return ended;
  return outcome;
}

const ROLE_WORDS: Record<CallRole, string> = {
  root: 'turn of the root',
  llm_query: 'llm_query',
  child: 'turn of a child',
  leaf: 'rlm_query, as a plain call',
  compaction: 'compaction',
  default_answer: 'last answer',
};

export function roleWord(role: CallRole): string {
  return ROLE_WORDS[role];
}

/** Whether a call is a turn of the root itself rather than something that its code, or a child, asked for. */
export function isOfRoot({ node, codeBlock }: CallView): boolean {
  return node === '0' && codeBlock === null;
}
