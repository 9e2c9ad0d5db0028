import type { JSX } from 'preact';
import { Icon } from './icon.tsx';
import type { IconName } from './icons.ts';
import type { Tone } from './tone.ts';

/** A state in one word, with its picture. */
export function Badge(props: { tone: Tone; icon: IconName; word: string; title?: string }): JSX.Element {
  return (
    <span class={`badge tone-${props.tone}`} title={props.title}>
      <Icon name={props.icon} />
      {props.word}
    </span>
  );
}
