/** What a press acts on. Of a scroll bar that is pressed no release is told, and what is scrolled to is to come at once. */
const PRESSABLE = 'a, button, summary, mark, canvas';
const ENDS = ['pointerup', 'pointercancel', 'keydown', 'blur'] as const;

let isPressed = false;
const held: (() => void)[] = [];

/** Does something at once, or, while something is pressed, once it is released: what a press began on does not move under it. */
export function onceReleased(act: () => void): void {
  if (isPressed) held.push(act);
  else act();
}

/** Looks at what is pressed, for as long as the page is there. */
export function watchPresses(): void {
  const begin = ({ target, button }: PointerEvent) => {
    isPressed = button === 0 && target instanceof Element && target.closest(PRESSABLE) !== null;
  };
  const end = () => {
    if (!isPressed) return;
    isPressed = false;
    // Behind the click, which comes with the release.
    setTimeout(() => {
      for (const act of held.splice(0)) onceReleased(act);
    });
  };
  addEventListener('pointerdown', begin);
  for (const name of ENDS) addEventListener(name, end);
  // A menu that a press opens may take the release.
  addEventListener('pointermove', ({ buttons }) => buttons === 0 && end());
}
