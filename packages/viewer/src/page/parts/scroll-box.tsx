import type { ComponentChildren, JSX, Ref } from 'preact';

/** A region that scrolls within itself; it is reached by the keyboard, though there is nothing to press in it. */
export function ScrollBox(props: {
  box: Ref<HTMLDivElement>;
  label: string;
  class: string;
  children: ComponentChildren;
}): JSX.Element {
  const reached = { role: 'group', tabIndex: 0, 'aria-label': props.label } as const;
  return (
    <div ref={props.box} class={props.class} {...reached}>
      {props.children}
    </div>
  );
}
