import type { ComponentChildren, JSX, Ref } from 'preact';

/** What scrolls is reached by the keyboard, though there is nothing to press in it. */
const FOCUSABLE = { tabIndex: 0 };

/** A region that scrolls within itself. */
export function ScrollBox(props: {
  box: Ref<HTMLElement>;
  label: string;
  class: string;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <section ref={props.box} class={props.class} aria-label={props.label} {...FOCUSABLE}>
      {props.children}
    </section>
  );
}
