import type { ComponentChildren, JSX } from 'preact';
import { addressOf, type Route } from '../routes/route.ts';

/** A link to a place of this page; there are no others. */
export function Link(props: {
  to: Route;
  class?: string;
  title?: string;
  current?: boolean;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <a
      href={addressOf(props.to)}
      class={props.class}
      title={props.title}
      aria-current={props.current ? 'page' : undefined}
    >
      {props.children}
    </a>
  );
}
