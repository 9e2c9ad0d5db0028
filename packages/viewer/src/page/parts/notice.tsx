import type { ComponentChildren, JSX } from 'preact';
import { Icon } from './icon.tsx';
import type { IconName } from './icons.ts';

/** A remark on what is shown, or on why nothing is. */
export function Notice(props: {
  tone?: 'plain' | 'bad' | 'warn';
  icon?: IconName;
  children: ComponentChildren;
}): JSX.Element {
  const { tone = 'plain', icon } = props;
  return (
    <div class={`notice tone-${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
      {icon && <Icon name={icon} />}
      <div>{props.children}</div>
    </div>
  );
}

/** Where something is to come: as high as a line, so that nothing jumps. */
export function Loading({ what }: { what: string }): JSX.Element {
  return (
    <p class="loading" role="status">
      {what}
    </p>
  );
}
