import type { JSX } from 'preact';
import type { CallView } from '../../model/call-view.ts';
import { Badge } from '../parts/badge.tsx';
import { CALL_STATES, callStateOf } from './call-state.ts';

/** What became of a call, in a word. */
export function StateBadge({ call }: { call: CallView }): JSX.Element {
  const { icon, tone, word, meaning } = CALL_STATES[callStateOf(call)];
  return <Badge icon={icon} tone={tone} word={word} title={meaning} />;
}
