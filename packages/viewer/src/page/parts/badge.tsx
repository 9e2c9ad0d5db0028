import type { JSX } from 'preact';
import { Icon, type IconName } from './icon.tsx';

/** What a color says, beside the words. */
export type Tone = 'plain' | 'good' | 'bad' | 'warn' | 'live' | 'dim';

/** A state in one word, with its picture. */
export function Badge(props: { tone: Tone; icon: IconName; word: string; title?: string }): JSX.Element {
  return (
    <span class={`badge tone-${props.tone}`} title={props.title}>
      <Icon name={props.icon} />
      {props.word}
    </span>
  );
}
