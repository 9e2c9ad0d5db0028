import { render } from 'preact';
import type { ViewSource } from '../model/view-source.ts';
import { App } from './shell/app.tsx';
import { watchPresses } from './state/presses.ts';

/** Shows what a source has in an element, which it fills: the whole page. */
export function startPage(source: ViewSource, root: Element): void {
  root.replaceChildren();
  watchPresses();
  render(<App source={source} />, root);
}
