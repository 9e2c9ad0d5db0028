import { useEffect } from 'preact/hooks';
import { type Route, SECTIONS } from '../routes/route.ts';
import { goTo } from '../routes/use-route.ts';

/** What each key does, to be read. */
export const KEYS: readonly [keys: string, does: string][] = [
  ['1 – 9, 0', 'the views of a run, in their order'],
  ['[ and ]', 'the call, or the iteration, before and after'],
  ['/', 'the filter of the view'],
  ['arrows, Page, Home, End', 'along a table, the timeline, the map of a context'],
  ['Enter', 'open what is chosen'],
  ['+ - 0, shift + arrows', 'zoom and move, on the timeline'],
  ['Ctrl F', 'find in a long text, when it has the focus'],
  ['u', 'all runs'],
  ['?', 'this list'],
];

/** Keys that work wherever the focus is, but in a field. */
export function useKeys(route: Route, onHelp: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const target = event.target as Element;
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      // A dialog that was closed has the focus a moment longer.
      if (target.closest('input, select, textarea, dialog[open]')) return;
      if (act(event.key, route, onHelp)) event.preventDefault();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [route, onHelp]);
}

/** Whether the key meant something. */
function act(key: string, route: Route, onHelp: () => void): boolean {
  if (key === '?') {
    onHelp();
    return true;
  }
  if (key === 'u') goTo({ page: 'runs' });
  else if (key === '/') return focus('[data-filter]');
  else if (key === '[') return press('.step-left');
  else if (key === ']') return press('.step-right');
  else if ('run' in route && /^\d$/.test(key)) {
    const section = SECTIONS[(Number(key) + 9) % 10];
    if (section) goTo({ page: 'run', run: route.run, section });
  } else return false;
  return true;
}

function focus(selector: string): boolean {
  const element = document.querySelector<HTMLElement>(selector);
  element?.focus();
  return element !== null;
}

function press(selector: string): boolean {
  const element = document.querySelector<HTMLElement>(selector);
  element?.click();
  return element !== null;
}
